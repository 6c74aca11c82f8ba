import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { certificate, certificateAuthority, client, server } from "../../local/cluster/pki";
import { mysqlHost } from "../support/external-datastores";
import { assertFleetAnswers } from "../support/objects";
import { needsRealNode } from "../support/session";
import { TestStack } from "../support/test-stack";

const name = "mysql-tls";

describe("a MySQL that speaks TLS only and wants a client certificate", function () {
  this.timeout("4m");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mysql-tls-"));
  const read = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");
  let stack: TestStack;

  before(async function () {
    needsRealNode(this, "connections between pods");
    await certificateAuthority(folder, "/CN=authority");
    await certificate(folder, "server", "/CN=mysql", [...server, `subjectAltName=DNS:${mysqlHost(name)}`]);
    await certificate(folder, "client", "/CN=fleet", client);
    const tls = { "server.crt": read("server.crt"), "server.key": read("server.key"), "ca.crt": read("ca.crt") };
    stack = await TestStack.createWithDatastores(name, "good", {}, tls);
    await stack.set("databaseCaCertificate", read("ca.crt"));
    await stack.set("databaseClientCertificate", read("client.crt"));
    await stack.set("databaseClientKey", read("client.key"), true);
  });
  after(async () => {
    fs.rmSync(folder, { recursive: true });
    await stack.remove();
  });

  it("is what the migration and Fleet connect to", async () => {
    await stack.deploy();
    await assertFleetAnswers(stack);
  });

  it("is what vulnerability processing connects to", async () => {
    await stack.kubectl(["create", "job", "now", "--from=cronjob/fleet-vulnprocessing"]);
    const { code, stderr } = await stack.kubectl(["wait", "job/now", "--for=condition=complete", "--timeout=40s"]);
    if (code !== 0) throw new Error(stderr);
  });
});
