import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { kubectl } from "../../local/session";
import type { RunResult } from "../../commands/process";
import { FakeRegistry } from "../support/fake-registry";
import type { KubernetesObject } from "../support/objects";
import { needsKubernetesPlugin } from "../support/needs-plugin";
import { session } from "../support/session";
import { failed, succeeded, TestStack } from "../support/test-stack";

/** What a mistake may cost: it has to answer while the person still looks at the terminal. A busy machine is slower in all. */
const secondsToAnswer = () => ((os.loadavg()[0] ?? 0) > os.cpus().length ? 6 : 3);

describe("bad input", function () {
  this.timeout("2m");
  let stack: TestStack;
  let good = "";

  before(async () => {
    stack = await TestStack.create("bad-input", "good");
    good = fs.readFileSync(stack.configFile, "utf8");
  });
  beforeEach(() => fs.writeFileSync(stack.configFile, good));
  after(() => stack.remove());

  const namespaces = async () => {
    const { items } = await kubectl<{ items: KubernetesObject[] }>(session(), ["get", "namespaces"]);
    return items.map(({ metadata }) => metadata.name);
  };

  const clusterRead =
    "kubernetes:context; if nothing answers, check it and kubernetes:kubeconfig with kubectl get ns kube-system";

  // The engine prints what a provider says of a read that fails, under the name of the resource.
  // A provider may warn first, in several lines.
  const unreachable = new RegExp(`kubernetes:core/v1:Namespace \\(${clusterRead}\\):\\n(.+\\n)* +error: .*unreachable`);

  /** Fails quickly, says the sentences, and shows no stack trace. */
  async function failsQuickly(attempt: () => Promise<RunResult>, sentences: readonly (string | RegExp)[]) {
    // One that is late has a second try: something else on the machine may have slowed it.
    for (let tries = 1; ; tries++) {
      const start = performance.now();
      const output = failed(await attempt());
      const seconds = (performance.now() - start) / 1000;
      for (const sentence of sentences) {
        if (typeof sentence === "string") assert.ok(output.includes(sentence), `${sentence}\n\nnot in\n\n${output}`);
        else assert.match(output, sentence);
      }
      assert.doesNotMatch(output, /\n\s+at .*\.[jt]s:\d+/, "a stack trace");
      if (seconds < secondsToAnswer()) return;
      assert.ok(tries < 2, `${seconds} s`);
    }
  }

  /** In a preview and in an `up` without one; nothing is changed. */
  async function refuses(...sentences: (string | RegExp)[]): Promise<void> {
    for (const attempt of [() => stack.preview(), () => stack.up()]) await failsQuickly(attempt, sentences);
    assert.ok(!(await namespaces()).includes(stack.namespace));
  }

  it("is refused all at once, by key and with the fix", async () => {
    stack.edit((config) => {
      delete config["fleet:imageTag"];
      config["fleet:hostname"] = "fleet.example.com";
      config["fleet:imagePullSecrets"] = ["Team_Registry"];
    });
    await refuses(
      "fleet:imageTag is not set; name a tag that your registry has: pulumi config set imageTag v4.85.0",
      "fleet:hostname is not a key of this program; did you mean fleet:hostName?",
      "fleet:imagePullSecrets[0] is not a name that Kubernetes takes for a Secret",
    );
  });

  it("never shows the password it complains about", async () => {
    await stack.setPassword("secret-with-a\nline-break");
    await refuses("line break");
    const { stdout, stderr } = await stack.preview("--diff");
    assert.ok(!`${stdout}${stderr}`.includes("secret-with-a"));
  });

  it("of a chart that its repository does not have is refused by the plugin's preview", async () => {
    const repository = await FakeRegistry.start(() => ({ status: 404 }), { tls: "none" });
    try {
      stack.edit((config) => {
        config["fleet:chart"] = "fleet";
        config["fleet:chartRepository"] = repository.origin;
      });
      const output = failed(await stack.tryPulumi(["preview", "--color=never", ...stack.where]));
      assert.match(output, /Release resource 'fleet': property chart value .* has a problem: .*404/);
    } finally {
      await repository.close();
    }
  });

  it("of a kube context that does not exist is refused", async () => {
    stack.edit((config) => (config["kubernetes:context"] = "no-such-context"));
    await refuses(unreachable);
  });

  it("of a broken kubeconfig is refused", async () => {
    const file = path.join(path.dirname(stack.configFile), "broken-kubeconfig");
    fs.writeFileSync(file, "apiVersion: v1\nclusters: [\n");
    stack.edit((config) => (config["kubernetes:kubeconfig"] = file));
    // A provider that reads it when it is configured says so before the program is asked.
    await refuses(new RegExp(`${unreachable.source}|pulumi:providers:kubernetes .*\\n.*failed to parse kubeconfig`));
  });

  it("of a cluster that cannot be reached is refused", async () => {
    const file = path.join(path.dirname(stack.configFile), "unreachable-kubeconfig");
    const kubeconfig = fs.readFileSync(session().cluster.kubeconfig, "utf8");
    fs.writeFileSync(file, kubeconfig.replace(/server: .*/, "server: https://127.0.0.1:1"));
    stack.edit((config) => (config["kubernetes:kubeconfig"] = file));
    await refuses(unreachable);
  });

  it("of a cluster that never answers is a warning while Pulumi waits for its provider", async () => {
    const sockets: net.Socket[] = [];
    const server = net.createServer((socket) => sockets.push(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const file = path.join(path.dirname(stack.configFile), "silent-kubeconfig");
    const kubeconfig = fs.readFileSync(session().cluster.kubeconfig, "utf8");
    const { port } = server.address() as net.AddressInfo;
    fs.writeFileSync(file, kubeconfig.replace(/server: .*/, `server: https://127.0.0.1:${port}`));
    stack.edit((config) => (config["kubernetes:kubeconfig"] = file));
    const late = setTimeout(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    }, 15_000);
    try {
      const preview = await stack.tryPulumi(["preview", "--color=never", ...stack.where]);
      const output = failed(preview);
      assert.match(output, unreachable);
      const fix = "check it and kubernetes:kubeconfig with kubectl get ns kube-system";
      const silent = `kubernetes:context leads to a cluster that has not answered for 10 s; ${fix}`;
      assert.ok(output.includes(silent), output);
    } finally {
      clearTimeout(late);
      server.close();
    }
  });

  it("of a wrong passphrase is refused by Pulumi itself", async () => {
    const env = { PULUMI_CONFIG_PASSPHRASE: "wrong" };
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      await failsQuickly(() => stack.tryPulumi([...command, ...stack.where], { env }), ["incorrect passphrase"]);
    }
    assert.ok(!(await namespaces()).includes(stack.namespace));
  });

  it("of an existing namespace with createNamespace fails as the first step of up, before anything else is made", async function () {
    needsKubernetesPlugin(this, "4.29"); // before, an object that exists is taken over without a word
    succeeded(await stack.kubectl(["create", "namespace", stack.namespace]));
    assert.match(failed(await stack.up()), /already exists/);
    const secrets = await stack.objects<KubernetesObject>("secrets");
    assert.deepEqual(secrets, []);
    await stack.kubectl(["delete", "namespace", stack.namespace]);
  });

  it("that refers to Secrets of a namespace which this stack would make is refused", async () => {
    stack.edit((config) => (config["fleet:imagePullSecrets"] = ["team-registry"]));
    await refuses(
      "fleet:imagePullSecrets names team-registry; if there is none, make it in the namespace test-bad-input " +
        "(on a first deploy make that too, and set createNamespace to false)",
      /createNamespace to false\)\):\s+error: .*test-bad-input\/team-registry/,
    );
  });

  it("of an image that no credential is for is a warning that the pull will be anonymous", async () => {
    stack.edit((config) => (config["fleet:valkeyImage"] = "public.example.com/valkey:8"));
    const output = succeeded(await stack.preview());
    assert.match(output, /public\.example\.com\/valkey:8 is pulled anonymously/);
  });
});
