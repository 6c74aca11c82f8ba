import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as yaml from "yaml";
import { devConfiguration, devStack, fleetKind, publicImages, type FleetKind } from "../../../local/dev-stack";
import { portForward } from "../../../local/real-fleet";
import { UserError } from "../../../components/user-error";

describe("the stack of make local", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dev-stack-"));
  const caFile = path.join(folder, "ca.crt");
  before(() => fs.writeFileSync(caFile, "the authority"));
  after(() => fs.rmSync(folder, { recursive: true }));

  const server = "10.200.0.2:5000";
  const cluster = { context: "local", kubeconfig: "/kubeconfig", registry: { server, caFile, logFile: "" } };
  const configuration = (fleet: FleetKind) => {
    const text = devConfiguration(cluster, devStack(fleet, { folder: "/stack" }));
    assert.doesNotMatch(text, /registry\.local/);
    return yaml.parse(text) as { encryptionsalt: string; config: Record<string, unknown> };
  };

  it("has the small images and the small chart, and keeps its encrypted password", () => {
    const { encryptionsalt, config } = configuration("small");
    assert.match(encryptionsalt, /^v1:/);
    assert.equal(config["kubernetes:context"], "local");
    assert.equal(config["kubernetes:kubeconfig"], "/kubeconfig");
    assert.equal(config["fleet:registryCaCertificate"], "the authority");
    assert.equal(config["fleet:namespace"], "fleet");
    assert.equal(config["fleet:chart"], "./test/fixtures/charts/fleet");
    assert.equal(config["fleet:imageRepository"], `${server}/fleetdm/fleet`);
    assert.deepEqual(config["fleet:registries"], { [server]: { username: "fleet-puller", email: "ops@example.com" } });
    assert.deepEqual(Object.keys(config["fleet:registryPasswords"] as object), [server]);
    assert.equal(config["fleet:pullCheckDeadlineSeconds"], "30");
  });

  it("has the mirrored images, Fleet's own chart and more time with FLEET=real, beside the small one", () => {
    const { config } = configuration("real");
    assert.equal(config["fleet:namespace"], "fleet-real");
    for (const key of ["fleet:chart", "fleet:chartRepository", "fleet:chartVersion"])
      assert.equal(key in config, false);
    assert.equal(config["fleet:imageRepository"], `${server}/docker.io/fleetdm/fleet`);
    assert.equal(config["fleet:mysqlImage"], `${server}/docker.io/library/mysql:8.4.6`);
    assert.equal(config["fleet:valkeyImage"], `${server}/docker.io/valkey/valkey:8.1.4`);
    assert.deepEqual(config["fleet:registries"], {
      [server]: { username: "fleet-puller-real", email: "ops@example.com" },
    });
    assert.equal(config["fleet:pullCheckDeadlineSeconds"], "600");
    assert.equal(config["fleet:releaseTimeoutSeconds"], "900");
    assert.equal(devStack("real", { folder: "/stack" }).folder, "/stack-real");
  });

  it("names the images to mirror as the public registry does", () => {
    assert.deepEqual(publicImages(), [
      { name: "fleetdm/fleet:v4.85.0", key: "fleet:imageTag" },
      { name: "library/mysql:8.4.6", key: "fleet:mysqlImage" },
      { name: "valkey/valkey:8.1.4", key: "fleet:valkeyImage" },
    ]);
  });

  it("is the one that FLEET asks for", () => {
    assert.equal(fleetKind(undefined, "real"), "small");
    assert.equal(fleetKind("", "simulated"), "small");
    assert.equal(fleetKind("real", "real"), "real");
    assert.throws(() => fleetKind("Real", "real"), new UserError('FLEET is "Real"; set it to real, or leave it out.'));
    assert.throws(
      () => fleetKind("real", "simulated"),
      new UserError(
        "FLEET=real needs a real node, since a simulated one pulls and runs nothing; leave FLEET out, or set LOCAL_NODE=real.",
      ),
    );
  });

  it("is reached with a command that a shell takes, whatever the folders are called", () => {
    const session = {
      cluster: { address: "10.200.0.2", kubeconfig: "/a folder/it's" },
      tools: { kubectl: "/bin/kubectl" },
    };
    assert.equal(
      portForward(session as never, "fleet-real"),
      "NO_PROXY=10.200.0.2 /bin/kubectl --kubeconfig '/a folder/it'\\''s' --namespace fleet-real port-forward deployment/fleet 8080:8080",
    );
  });
});
