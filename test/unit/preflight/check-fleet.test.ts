import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { FleetArgs } from "../../../components";
import type { CheckFleetOptions } from "../../../preflight";
import { issueText } from "../../../registry/issue";
import { testCertificate } from "../../support/fake-registry";
import { leaks } from "../../support/leaks";
import { basicRegistry, closeAll, login, manifest, otherLogin, serve } from "../registry/client/probing";
import type { World } from "../support/fake-providers";
import { record, valueOf } from "../support/recording";

const { username, password } = login;
const unknown = () => pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
const cluster = { "kube-system": { metadata: { name: "kube-system", uid: "uid-of-cluster" } } };

const pullSecret = (host: string) => ({
  type: "kubernetes.io/dockerconfigjson",
  data: {
    ".dockerconfigjson": Buffer.from(JSON.stringify({ auths: { [host]: { username, password } } })).toString("base64"),
  },
  metadata: { resourceVersion: "41" },
});

/** A stack whose images are all in one registry. */
const argsFor = (host: string): FleetArgs => ({
  imageRepository: `${host}/fleetdm/fleet`,
  imageTag: "v4.85.0",
  database: { address: "db:3306", password: "marker" },
  cache: { address: "cache:6379" },
  registries: { [host]: { username } },
  passwords: { [host]: pulumi.secret(password) },
});

const check = async (args: () => FleetArgs, options: CheckFleetOptions = {}, world: World = { objects: cluster }) => {
  const { result, recording } = await record(async () => {
    const { checkFleet } = await import("../../../preflight");
    return checkFleet(args(), { caCertificate: testCertificate().ca, ...options });
  }, world);
  const { errors, warnings, uid, images } = result;
  for (const one of [password, otherLogin.password]) {
    assert.deepEqual(leaks(one, new Map([["issues", JSON.stringify([errors, warnings])]])), []);
  }
  const told = (issues: typeof errors) => issues.map((issue) => [issue.code, issueText(issue)]);
  return { errors: told(errors), warnings: told(warnings), uid, images, existing: result.existing, recording };
};

describe("checkFleet", function () {
  this.timeout(20_000); // for a busy machine
  afterEach(closeAll);

  it("finds nothing in good arguments, and makes nothing", async () => {
    const { host } = await serve(basicRegistry(() => manifest));
    const { recording, ...found } = await check(() => argsFor(host), { clusterUid: "uid-of-cluster" });
    const images = [`${host}/fleetdm/fleet:v4.85.0`];
    assert.deepEqual(found, { errors: [], warnings: [], uid: "uid-of-cluster", images, existing: [] });
    assert.ok(recording.resources.every(({ read }) => read !== ""));
  });

  it("tells what is wrong with the arguments by themselves, and asks nothing then", async () => {
    const { errors, recording } = await check(() => ({
      imageTag: "v1",
      registries: { "ghcr.io": { username: "" } },
      tls: {},
    }));
    assert.deepEqual(
      errors.map(([code]) => code),
      ["malformed", "missing", "conflict"],
    );
    assert.equal(
      errors[0]?.[1],
      'registries["ghcr.io"].username is empty; write the name of the account that may pull',
    );
    assert.deepEqual(recording.resources, []);
  });

  it("tells what is wrong with a value that comes later", async () => {
    const { errors } = await check(() => ({
      ...argsFor("ghcr.io"),
      passwords: { "ghcr.io": pulumi.secret("marker\n") },
    }));
    assert.deepEqual(
      errors.map(([code, text]) => [code, text?.split(";")[0]]),
      [["malformed", 'passwords["ghcr.io"] ends with a line break']],
    );
  });

  it("tells the registry's no", async () => {
    const { host } = await serve(basicRegistry(() => manifest, otherLogin));
    const { errors } = await check(() => argsFor(host));
    assert.equal(errors[0]?.[0], "wrong-credential");
    const image = `${host}/fleetdm/fleet:v4.85.0`;
    assert.ok(errors[0]?.[1]?.startsWith(`${host} refuses fleet-puller for ${image}: wrong password or expired token`));
  });

  it("names arguments, not keys of a configuration", async () => {
    const { host } = await serve(basicRegistry(() => manifest));
    const found = await check(
      () => ({ ...argsFor(host), registries: {}, passwords: {}, existing: [{ name: "team" }] }),
      {},
      { objects: { ...cluster, "fleet/team": pullSecret("ghcr.io") } },
    );
    const [[code, text] = []] = found.errors;
    assert.equal(code, "wrong-pull-secret");
    assert.match(text ?? "", /^existing names the Secret team, which has no credential for any of the images/);
    const anonymous = await check(() => ({ ...argsFor(host), registries: {}, passwords: {} }));
    assert.match(JSON.stringify([anonymous.errors, anonymous.warnings]), /add the registry to registries/);
    const other = await check(() => argsFor(host), { clusterUid: "uid-of-other" });
    assert.match(other.errors[0]?.[1] ?? "", /^clusterUid is uid-of-other, but this cluster's uid is uid-of-cluster/);
  });

  it("gives the revisions of existing Secrets for the component, and nothing else of them", async () => {
    const { host } = await serve(basicRegistry(() => manifest));
    const { existing, errors } = await check(
      () => ({ ...argsFor(host), registries: {}, passwords: {}, existing: [{ name: pulumi.output("team") }] }),
      {},
      { objects: { ...cluster, "fleet/team": pullSecret(host) } },
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(existing.map(Object.keys), [["name", "revision"]]);
    assert.equal(await valueOf(pulumi.output(existing[0]?.revision)), "41");
  });

  it("asks nothing that a preview cannot know, says so, and ends", async () => {
    const { host, requests } = await serve(basicRegistry(() => manifest));
    const notMade: World = { objects: { "kube-system": {}, "fleet/team": {} }, preview: true };
    const later = await check(
      () => ({ ...argsFor(host), passwords: { [host]: unknown() }, existing: [{ name: "team" }] }),
      { clusterUid: "any" },
      notMade,
    );
    assert.deepEqual(later.errors, []);
    assert.deepEqual(later.warnings, [
      [
        "not-asked",
        `registries["${host}"] has a credential that this preview does not know, so its registry was not asked; ` +
          "pulumi up asks it before it makes anything",
      ],
      [
        "not-asked",
        "The cluster is not known to this preview, so nothing was asked of it; pulumi up asks it before it makes anything there",
      ],
    ]);
    const unnamed = await check(
      () => ({ ...argsFor(host), namespace: unknown(), existing: [{ name: "team" }] }),
      {},
      {
        objects: cluster,
        preview: true,
      },
    );
    assert.deepEqual(
      unnamed.warnings.map(([, text]) => text),
      [
        "existing has a name or a namespace that this preview does not know, so neither Secrets nor registries were asked; " +
          "pulumi up asks them before it makes anything",
      ],
    );
    assert.deepEqual(requests, []);
  });
});
