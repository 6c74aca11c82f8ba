import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkout } from "../../local/support/paths";
import { tryRun } from "../../commands/process";
import { chart } from "../support/chart";
import {
  ciphertext,
  emptyCluster,
  explainConfig,
  explainText,
  parse,
  podsChart,
  processorSeconds,
  pulls,
  runExplain,
  smallStack,
  writeStackFile,
} from "../support/explain";

const registry = "registry.example.com";
const privateStack = {
  ...smallStack,
  "fleet:imageRepository": `${registry}/fleetdm/fleet`,
  "fleet:registries": { [registry]: { username: "puller" } },
};
const container = (name: string, image: string, more: object = {}) => ({ name, image, ...more });
const metadata = (name: string, annotations?: object) => ({ name, ...(annotations && { annotations }) });

describe("make explain", function () {
  this.timeout("1m");

  it("shows every pull of the dev stack: the chart's, the pull check's and the datastores'", async () => {
    const { stdout, stderr, code } = await tryRun("make", ["--silent", "explain", "STACK=dev"], {
      cwd: checkout,
      env: { KUBECONFIG: "/dev/null" },
    });
    assert.equal(code, 0, stderr);
    const server = "registry.local:5000";
    const table = stdout
      .split("\n\n")[0]
      ?.split("\n")
      .map((line) => line.split(/\s{2,}/));
    const pulled = [server, "fleet-registry-local-5000-…", "fleet-puller"];
    assert.deepEqual(table, [
      ["WORKLOAD", "CONTAINER", "IMAGE", "REGISTRY", "SECRET", "USERNAME"],
      ["Deployment/fleet", "fleet", `${server}/fleetdm/fleet:v4.85.0`, ...pulled],
      ["CronJob/fleet-vulnprocessing", "fleet-vulnprocessing", `${server}/fleetdm/fleet:v4.85.0`, ...pulled],
      ["Job/fleet-migration", "fleet-migration", `${server}/fleetdm/fleet:v4.85.0`, ...pulled],
      ["Job/fleet-pull-check-…", "fleet", `${server}/fleetdm/fleet:v4.85.0`, ...pulled],
      ["Job/fleet-pull-check-…", "mysql", `${server}/library/mysql:8.4.6`, ...pulled],
      ["Job/fleet-pull-check-…", "valkey", `${server}/valkey/valkey:8.1.4`, ...pulled],
      ["StatefulSet/fleet-mysql", "mysql", `${server}/library/mysql:8.4.6`, ...pulled],
      ["StatefulSet/fleet-valkey", "valkey", `${server}/valkey/valkey:8.1.4`, ...pulled],
    ]);
    assert.match(stdout, /\n8 pulls: 8 with a credential\n$/);
    assert.doesNotMatch(stdout, /placeholder/);
  });

  it("shows an encrypted username nowhere, and every other one", async () => {
    const config = {
      ...smallStack,
      "fleet:imageRepository": `${registry}/fleetdm/fleet`,
      "fleet:chart": await chart(),
      "fleet:registries": { [registry]: { username: ciphertext }, [`${registry}/fleetdm`]: { username: "puller" } },
    };
    const { images, problems } = await explainText(config);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      images[0]?.credentials.map(({ username }) => username),
      ["puller", "(encrypted)"],
    );
    assert.doesNotMatch(JSON.stringify(images), /placeholder/);
  });

  it("answers within 4 s", async () => {
    // Nothing is waited for, so alone it takes no longer than the processor is busy with it, about 1.2 s. That holds on a
    // machine that others keep busy too, unlike the time on the clock.
    const seconds = await processorSeconds({ STACK: "dev" });
    assert.ok(seconds > 0.1 && seconds <= 4, `${seconds} s`);
  });

  it("says the same to machines, with the reasons", async () => {
    const coverage = parse(await runExplain({ STACK: "dev", JSON: "1" }));
    assert.equal(coverage.stack, "dev");
    assert.deepEqual(coverage.images[0], {
      workload: "Deployment/fleet",
      namespace: "fleet",
      container: "fleet",
      role: "container",
      image: "registry.local:5000/fleetdm/fleet:v4.85.0",
      outcome: "credential",
      credentials: [
        {
          registry: "registry.local:5000",
          secret: "fleet-registry-local-5000-…",
          username: "fleet-puller",
          why: `its key "registry.local:5000" is the image's host`,
        },
      ],
    });
    assert.deepEqual([coverage.problems, coverage.warnings], [[], []]);
  });

  it("exits with 1, and its table or JSON, where an image goes without the credential that is meant for it", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "explain-test-"));
    try {
      const stack = { ...privateStack, "fleet:imageRepository": `${registry}:5000/fleetdm/fleet` };
      const request = { STACK: "test", CONFIG_FILE: writeStackFile(folder, stack) };
      const [forPeople, forMachines] = await Promise.all([runExplain(request), runExplain({ ...request, JSON: "1" })]);
      assert.deepEqual([forPeople.code, forMachines.code], [1, 1]);
      assert.match(forPeople.stdout, /ANONYMOUS[^]*is private, and is pulled anonymously/);
      assert.equal(parse(forMachines).problems.length, 1);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("covers what users add: the Cloud SQL proxy of Fleet's chart", async () => {
    const proxied = (values: object) =>
      explainText({
        ...privateStack,
        "fleet:chart": chartPath,
        "fleet:podSecurity": "privileged",
        "fleet:values": { gke: { cloudSQL: values } },
      });
    const chartPath = await chart();
    const open = await proxied({ enableProxy: true, instanceName: "a:b:c" });
    const proxies = pulls(open).filter((line) => line.includes("cloudsql-proxy"));
    assert.ok(proxies.includes("Deployment/fleet cloudsql-proxy: anonymous"), pulls(open).join("\n"));
    assert.deepEqual(open.problems, [], "gcr.io serves everyone");

    const imageRepository = "mirror.example.org/cloudsql-docker/gce-proxy";
    const mirrored = await proxied({ enableProxy: true, instanceName: "a:b:c", imageRepository });
    assert.deepEqual(mirrored.problems, []);
    assert.match(
      mirrored.notes.join("\n"),
      /no pull Secret has a key for mirror\.example\.org; add mirror\.example\.org to the registries/,
    );
  });

  it("covers sidecars, init containers, bare Pods, hooks, CronJobs, lists and custom resources", async () => {
    const spec = (name: string) => ({ containers: [container(name, `${registry}/tools/${name}`)] });
    const coverage = await explainText({
      ...privateStack,
      "fleet:values": {
        initContainers: [
          container("wait", `${registry}/tools/wait`),
          container("proxy", `${registry}/tools/proxy`, { restartPolicy: "Always" }),
        ],
        sidecars: [container("log", "fluent/fluent-bit:3.0")],
        manifests: [
          { apiVersion: "v1", kind: "Pod", metadata: metadata("bare"), spec: spec("bare") },
          {
            apiVersion: "batch/v1",
            kind: "Job",
            metadata: metadata("after", { "helm.sh/hook": "post-upgrade" }),
            spec: { template: { spec: spec("after") } },
          },
          {
            apiVersion: "batch/v1",
            kind: "CronJob",
            metadata: metadata("nightly"),
            spec: { schedule: "0 0 * * *", jobTemplate: { spec: { template: { spec: spec("nightly") } } } },
          },
          {
            apiVersion: "v1",
            kind: "List",
            items: [{ apiVersion: "v1", kind: "Pod", metadata: metadata("listed"), spec: spec("listed") }],
          },
          {
            apiVersion: "example.com/v1",
            kind: "Database",
            metadata: metadata("main"),
            spec: { backup: { podTemplate: { spec: spec("dump") } } },
          },
        ],
      },
    });
    assert.deepEqual([...pulls(coverage)].sort(), [
      "CronJob/nightly nightly: anonymous",
      "Database/main dump: anonymous",
      `Deployment/fleet fleet: ${registry} puller`,
      "Deployment/fleet log: anonymous",
      `Deployment/fleet proxy (sidecar): ${registry} puller`,
      `Deployment/fleet wait (init container): ${registry} puller`,
      "Job/after after: anonymous",
      "Pod/bare bare: anonymous",
      "Pod/listed listed: anonymous",
    ]);
    assert.deepEqual(
      [...coverage.problems].sort().map((problem) => /^\S+ \S+(?=: )/.exec(problem)?.[0]),
      ["CronJob/nightly nightly", "Database/main dump", "Job/after after", "Pod/bare bare", "Pod/listed listed"],
    );
  });

  it("covers the DaemonSet of a subchart, which no value for pull Secrets reaches", async () => {
    const withAgent = (agent: object) =>
      explainText({ ...privateStack, "fleet:values": { agent: { enabled: true, ...agent } } });
    const coverage = await withAgent({});
    assert.deepEqual(pulls(coverage), [
      "DaemonSet/agent agent: anonymous",
      `Deployment/fleet fleet: ${registry} puller`,
    ]);
    assert.deepEqual(coverage.problems, [
      `DaemonSet/agent agent: ${registry}/tools/agent:1.4 is private, and is pulled anonymously: the pod lists no pull Secret; list a Secret with the key "${registry}" in its imagePullSecrets that keeps its name, unlike fleet-registry-example-com-…`,
    ]);
    assert.deepEqual((await withAgent({ image: "busybox:1.37" })).problems, []);
  });

  it("has nothing against public images that are pulled anonymously", async () => {
    const { "fleet:database": database, "fleet:cache": cache, ...bundled } = smallStack;
    assert.ok(database !== undefined && cache !== undefined);
    const coverage = await explainText({ ...bundled, "fleet:pullCheck": true });
    assert.deepEqual(coverage.problems, []);
    assert.deepEqual(pulls(coverage), [
      "Deployment/fleet fleet: anonymous",
      "Job/fleet-pull-check-… fleet: anonymous",
      "Job/fleet-pull-check-… mysql: anonymous",
      "Job/fleet-pull-check-… valkey: anonymous",
      "StatefulSet/fleet-mysql mysql: anonymous",
      "StatefulSet/fleet-valkey valkey: anonymous",
    ]);
  });

  it("refuses what needs a credential and is not tried by the pull check", async () => {
    const image = `${registry}/tools/log:2`;
    const stack = {
      ...privateStack,
      "fleet:pullCheck": true,
      "fleet:values": { sidecars: [container("log", image), container("open", "fluent/fluent-bit:3.0")] },
    };
    const problemsOf = async (more: object) => (await explainText({ ...stack, ...more })).problems;
    assert.deepEqual(await problemsOf({}), [
      `the pull check does not pull these; add them to fleet:pullCheckImages, and it will: ${image}`,
    ]);
    assert.deepEqual(await problemsOf({ "fleet:pullCheckImages": [{ image, command: ["/log", "--version"] }] }), []);
    assert.deepEqual(await problemsOf({ "fleet:pullCheck": false }), []);
  });

  it("names keys as a project of another name has them", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "explain-test-"));
    const stack = {
      ...smallStack,
      "fleet:chart": path.resolve(podsChart),
      "fleet:pullCheck": true,
      "fleet:pullCheckNodes": 2,
      "fleet:pullCheckDeadlineSeconds": 60,
    };
    const config = Object.fromEntries(
      Object.entries(stack).map(([key, value]) => [key.replace("fleet", "acme"), value]),
    );
    const home = process.cwd();
    try {
      fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: acme\n");
      process.chdir(folder);
      const { problems } = await explainConfig(config, { cluster: { ...emptyCluster, nodes: [] } });
      assert.deepEqual(
        problems.map(({ sentence }) => sentence),
        ["acme:pullCheckNodes is 2, and the pull check can run on 0 of the nodes (none)"],
      );
      await assert.rejects(explainConfig({ ...config, "acme:chart": "oci://ghcr.io/charts/fleet:7" }), {
        message: "acme:chart has a tag or digest; remove it: acme:chartVersion is for that",
      });
    } finally {
      process.chdir(home);
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("takes a registry for public that is declared so", async () => {
    const stack = { ...smallStack, "fleet:imageRepository": "mirror.example.com:5000/fleetdm/fleet" };
    const coverage = await explainText(stack);
    assert.deepEqual([coverage.problems.length, coverage.notes.length], [0, 1]);
    const publicImages = ["other.example.com", "mirror.example.com:5000"];
    assert.deepEqual((await explainText(stack, { publicImages, cluster: emptyCluster })).notes, []);
  });

  it("does not guess what is in an existing Secret where no cluster answers", async () => {
    const stack = {
      ...smallStack,
      "fleet:imageRepository": `${registry}/fleetdm/fleet`,
      "fleet:imagePullSecrets": ["team-registry"],
      "kubernetes:context": "no-such-context",
    };
    const coverage = await explainText(stack, {});
    assert.deepEqual(pulls(coverage), ["Deployment/fleet fleet: unknown"]);
    assert.deepEqual(coverage.problems, []);
    assert.deepEqual(coverage.warnings, [
      "the Secret team-registry could not be read from the cluster, so what it is for is not known",
    ]);
    assert.deepEqual(coverage.notes, [
      `the cluster was not asked (context "no-such-context" does not exist): ServiceAccounts count as the chart makes them, and what is in team-registry is not known`,
    ]);
  });

  it("needs no cluster to know that a map, printed as a name, is no Secret", async () => {
    const spec = {
      imagePullSecrets: [{ name: "map[name:team-registry]" }],
      containers: [container("cache", `${registry}/valkey`)],
    };
    const manifests = [{ apiVersion: "v1", kind: "Pod", metadata: metadata("cache"), spec }];
    const stack = { ...privateStack, "fleet:values": { manifests }, "kubernetes:context": "no-such-context" };
    const coverage = await explainText(stack, {});
    assert.deepEqual([...pulls(coverage)].sort(), [
      `Deployment/fleet fleet: ${registry} puller`,
      "Pod/cache cache: anonymous",
    ]);
    assert.equal(coverage.problems.length, 1);
    assert.deepEqual(coverage.warnings, [
      "Pod/cache: the pod lists the Secret map[name:team-registry], which is a map that the chart takes for a name; list the name alone in that value: team-registry",
    ]);
  });

  it("asks no cluster whose kubeconfig it would have to decrypt", async () => {
    const { notes } = await explainText({ ...smallStack, "kubernetes:kubeconfig": ciphertext }, {});
    assert.deepEqual(notes, [
      "the cluster was not asked (the stack's kubeconfig is encrypted): ServiceAccounts count as the chart makes them",
    ]);
  });
});
