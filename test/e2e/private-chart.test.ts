import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../commands/process";
import { dockerConfigJson } from "../../registry/docker-config";
import { ensureHelm } from "../../local/toolchain/kubernetes-clients";
import { chart } from "../support/chart";
import { filesIn } from "../support/leak-places";
import { leaks } from "../support/leaks";
import { needsKubernetesPlugin } from "../support/needs-plugin";
import { fleetPods } from "../support/objects";
import { session } from "../support/session";
import { failed, succeeded, TestStack } from "../support/test-stack";

const username = "chart-puller";
const [first, second] = ["first-password-for-charts", "second-password-for-charts"];

/** Packs the chart under test, of whatever version it is, into a folder. */
async function packageChart(helm: string, folder: string) {
  const packaged = await run(helm, ["package", await chart(), "--destination", folder]);
  const archive = packaged.trim().split(": ").pop() ?? "";
  return { archive, version: /fleet-(.*)\.tgz$/.exec(archive)?.[1] };
}

/** Fleet's chart in a repository that asks for a login. */
describe("a chart in a private repository", function () {
  this.timeout("5m");
  let stack: TestStack;
  let server: http.Server;
  let accepted = first;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "private-chart-"));

  before(async () => {
    const helm = await ensureHelm();
    const { version } = await packageChart(helm, folder);
    await run(helm, ["repo", "index", folder]);
    server = http.createServer(({ url = "", headers }, response) => {
      const expected = `Basic ${Buffer.from(`${username}:${accepted}`).toString("base64")}`;
      const file = path.join(folder, path.basename(url));
      if (headers.authorization !== expected) response.writeHead(401).end();
      else if (fs.existsSync(file)) response.writeHead(200).end(fs.readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stack = await TestStack.create("private-chart", "first", {
      "fleet:chart": "fleet",
      "fleet:chartRepository": `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      "fleet:chartVersion": version?.replace(/^v/, ""), // as people write it: a repository's "v" may be left out
      "fleet:chartUsername": username,
    });
    await stack.set("chartPassword", first, true);
  });
  after(async () => {
    await stack.remove();
    server.close();
    fs.rmSync(folder, { recursive: true });
  });

  it("is installed, and its login is in no preview and no file of the state", async () => {
    const preview = succeeded(await stack.preview("--diff"));
    const up = await stack.deploy();
    succeeded(await stack.preview("--expect-no-changes", "--refresh"));
    const places = new Map([...filesIn(stack.backend), ["preview", preview], ["up", up]]);
    assert.deepEqual(leaks(first, places), []);
  });

  it("is refused at preview with a password that is wrong by now, and nothing is changed", async () => {
    accepted = second;
    const output = failed(await stack.preview());
    assert.match(output, /401 Unauthorized/);
    assert.deepEqual(leaks(first, new Map([["output", output]])), []);
  });

  it("follows a new password, which rolls nothing", async () => {
    const pods = await fleetPods(stack);
    await stack.set("chartPassword", second, true);
    assert.deepEqual(await stack.plan(), ["update kubernetes:helm.sh/v3:Release fleet"]);
    await stack.deploy();
    assert.deepEqual(await fleetPods(stack), pods);
    assert.deepEqual(leaks(second, filesIn(stack.backend)), []);
  });
});

describe("a chart in the private registry", function () {
  this.timeout("5m");
  let stack: TestStack;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "registry-chart-"));
  // Helm inside of the plugin goes by the machine's authorities.
  const env = { SSL_CERT_FILE: "" };
  const up = () => stack.tryPulumi(["up", "--yes", "--skip-preview", "--color=never", ...stack.where], { env });

  before(async function () {
    needsKubernetesPlugin(this, "4.27"); // before, a login to an OCI registry is not used
    const { server, caFile } = session().cluster.registry;
    env.SSL_CERT_FILE = caFile;
    stack = await TestStack.create("registry-chart", first, { "fleet:chart": `oci://${server}/charts/fleet` });
    const helm = await ensureHelm();
    const registryConfig = path.join(folder, "config.json");
    fs.writeFileSync(registryConfig, dockerConfigJson(server, { username: stack.username, password: first }));
    const { archive, version } = await packageChart(helm, folder);
    await run(helm, [
      "push",
      archive,
      `oci://${server}/charts`,
      "--registry-config",
      registryConfig,
      "--ca-file",
      caFile,
    ]);
    stack.edit((config) => (config["fleet:chartVersion"] = version));
  });
  after(async () => {
    fs.rmSync(folder, { recursive: true });
    if (stack !== undefined) await stack.remove();
  });

  it("is installed with the credential of registries, follows its rotation, and neither is in a file of the state", async () => {
    const output = succeeded(await up());
    assert.deepEqual(leaks(first, new Map([...filesIn(stack.backend), ["up", output]])), []);
    await stack.accept(second);
    await stack.setPassword(second);
    succeeded(await up());
    assert.deepEqual(leaks(second, filesIn(stack.backend)), []);
  });
});
