import assert from "node:assert/strict";
import * as util from "node:util";
import { revealed } from "../support/revealed";
import { parseDockerConfigJson } from "../../../registry/docker-config";
import { Mask } from "../../../registry/mask";
import { SecretText } from "../../../registry/secret-text";
import { pullCredentials } from "../../../preflight/pull-credentials";
import { chartCredential } from "../../../preflight/pull-credentials";
import { KnownSecrets } from "../../../registry/client/known-secrets";
import { RegistrySession } from "../../../registry/client/registry-session";
import type { HttpClient } from "../../../registry/client/http-client";
import { leaks } from "../../support/leaks";
import { configOf } from "../support/raw-config";

const marker = "Marker+pass/w0rd=with&all";

/** Every way in which a value gets into a log, an error or a file by accident. */
function places(value: unknown): ReadonlyMap<string, string> {
  return new Map([
    ["util.inspect", util.inspect(value, { depth: 20, showHidden: true, getters: true })],
    ["util.format", util.format("%s %o %j", value, value, value)],
    ["JSON.stringify", JSON.stringify(value) ?? ""],
    ["String", String(value)],
  ]);
}

const config = () =>
  configOf({
    registries: { "ghcr.io": { username: "g" } },
    registryPasswords: { "ghcr.io": marker },
    chart: "oci://registry.example.com/charts/fleet",
    chartUsername: "charts",
    chartPassword: marker,
    "kubernetes:kubeconfig": `users: [{ user: { token: ${marker} } }]\n`,
  });
const json = JSON.stringify({ auths: { "ghcr.io": { username: "u", password: marker } } });
const docker = () => parseDockerConfigJson(json, "kubernetes.io/dockerconfigjson");
const session = () => {
  const made = new RegistrySession({} as HttpClient);
  made.standing("ghcr.io", { username: "u", password: new SecretText(marker) });
  return made;
};

const holders: Readonly<Record<string, () => unknown>> = {
  "a password": () => new SecretText(marker),
  "the registries of a configuration": () => config().registries,
  "the chart of a configuration": () => config().chart,
  "the whole of a configuration": config,
  "what a pull Secret of others holds": docker,
  "the credentials that registries are asked with": () =>
    pullCredentials(config().registries, [{ name: "team", config: docker() }]),
  "the credential that a chart is asked for with": () => chartCredential(config().chart ?? { reference: "" }),
  "what hides passwords": () => [new Mask([marker]), new KnownSecrets([marker])],
  "a session with a registry": session,
};

describe("a password in plain text", () => {
  it("is read in one way", () => {
    assert.equal(new SecretText(marker).reveal(), marker);
    assert.equal(
      `${String(new SecretText(marker))} ${JSON.stringify([new SecretText(marker)])}`,
      '[secret] ["[secret]"]',
    );
    assert.equal(util.inspect({ password: new SecretText(marker) }), "{ password: [secret] }");
    assert.deepEqual(Object.keys(new SecretText(marker)), []);
  });

  for (const [what, make] of Object.entries(holders)) {
    it(`is not printed with ${what}`, () => assert.deepEqual(leaks(marker, places(make())), []));
  }

  it("is in what the tests above look at", () => {
    assert.equal(
      JSON.stringify(revealed([config().registries, config().chart, config().cluster, docker()])).split(marker).length,
      5,
    );
  });
});
