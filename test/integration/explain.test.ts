import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { tryKubectl } from "../../local/session";
import { explainConfig, pulls, smallStack } from "../support/explain";
import { session } from "../support/session";
import { succeeded } from "../support/test-stack";

const namespace = "explained";
const docker = (server: string, username: string) =>
  JSON.stringify({ auths: { [server]: { username, password: "a-password-to-search-for" } } });

describe("make explain on a cluster", function () {
  this.timeout("1m");

  const kubectl = async (args: readonly string[], input?: string) =>
    succeeded(await tryKubectl(session(), ["--namespace", namespace, ...args], input));
  const secret = (name: string, content: string, type = "kubernetes.io/dockerconfigjson") => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    type,
    stringData: { ".dockerconfigjson": content },
  });
  const explain = (more: object) => {
    const { context, kubeconfig } = session().cluster;
    return explainConfig(
      {
        ...smallStack,
        "kubernetes:context": context,
        "kubernetes:kubeconfig": kubeconfig,
        "fleet:namespace": namespace,
        "fleet:imageRepository": "registry.example.com/fleetdm/fleet",
        ...more,
      },
      {},
    );
  };

  before(async () => {
    succeeded(await tryKubectl(session(), ["create", "namespace", namespace]));
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "fleet" } };
    const items = [
      secret("team-registry", docker("registry.example.com", "team")),
      secret("by-account", docker("https://registry.example.com/v1/", "account")),
      secret("opaque", docker("registry.example.com", "nobody"), "Opaque"),
      { ...account, imagePullSecrets: [{ name: "by-account" }] },
    ];
    await kubectl(["apply", "--filename=-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  });
  after(async () => succeeded(await tryKubectl(session(), ["delete", "namespace", namespace, "--wait=false"])));

  it("reads the Secrets that the stack names, and keeps no password", async () => {
    const coverage = await explain({ "fleet:imagePullSecrets": ["team-registry"] });
    assert.deepEqual(pulls(coverage), ["Deployment/fleet fleet: registry.example.com team"]);
    assert.deepEqual([coverage.problems, coverage.notes], [[], []]);
    assert.deepEqual(coverage.warnings, [
      "Deployment/fleet: the pod lists pull Secrets of its own, so those of its ServiceAccount fleet are not used; list them too where they are needed: by-account",
    ]);
    assert.doesNotMatch(JSON.stringify(coverage), /to-search-for/);
  });

  it("takes what someone added to the ServiceAccount for a pod that lists none", async () => {
    const coverage = await explain({});
    assert.deepEqual(pulls(coverage), ["Deployment/fleet fleet: https://registry.example.com/v1/ account"]);
    assert.deepEqual([coverage.problems, coverage.warnings, coverage.notes], [[], [], []]);
  });

  it("takes a kubeconfig's content as well as its file", async () => {
    const { kubeconfig } = session().cluster;
    const coverage = await explain({ "kubernetes:kubeconfig": fs.readFileSync(kubeconfig, "utf8") });
    assert.deepEqual(pulls(coverage), ["Deployment/fleet fleet: https://registry.example.com/v1/ account"]);
    assert.deepEqual(coverage.notes, []);
  });

  it("tells Secrets that are not there, and those of another type", async () => {
    const coverage = await explain({ "fleet:imagePullSecrets": ["gone", "opaque"] });
    assert.deepEqual(pulls(coverage), ["Deployment/fleet fleet: anonymous"]);
    assert.deepEqual(coverage.problems, [
      `Deployment/fleet fleet: registry.example.com/fleetdm/fleet:v4.85.0 is private, and is pulled anonymously: the pod lists only gone, opaque, so that of its ServiceAccount fleet is not used; list by-account in its imagePullSecrets, which has the key "https://registry.example.com/v1/"`,
    ]);
    assert.deepEqual(coverage.warnings, [
      "Deployment/fleet: the pod lists pull Secrets of its own, so those of its ServiceAccount fleet are not used; list them too where they are needed: by-account",
      "Deployment/fleet: the pod lists the Secret gone, which does not exist; make it, or remove the name",
      "the Secret opaque is not of type kubernetes.io/dockerconfigjson; the kubelet passes over it",
    ]);
  });

  it("answers where the namespace is not there yet", async () => {
    const coverage = await explain({ "fleet:namespace": "not-there-yet" });
    assert.deepEqual(pulls(coverage), ["Deployment/fleet fleet: anonymous"]);
    assert.deepEqual(coverage.problems, []);
    assert.deepEqual(coverage.notes, [
      "Deployment/fleet fleet: registry.example.com/fleetdm/fleet:v4.85.0 is pulled anonymously, or with a credential of the node: no pull Secret has a key for registry.example.com; add registry.example.com to the registries of the stack, or declare it public",
    ]);
  });
});
