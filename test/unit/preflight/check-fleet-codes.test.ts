import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { CheckFleetOptions } from "../../../preflight";
import { issueText, type IssueCode } from "../../../registry/issue";
import { testCertificate, type Reply, type Script } from "../../support/fake-registry";
import {
  basicRegistry,
  closeAll,
  errorReply,
  granting,
  login,
  manifest,
  otherLogin,
  serve,
  unauthorized,
} from "../registry/client/probing";
import type { World } from "../support/fake-providers";
import { record } from "../support/recording";

const cluster = { "kube-system": { metadata: { name: "kube-system", uid: "uid-of-cluster" } } };

interface Case {
  /** @default one that lets the right login pull */
  readonly registry?: Script;
  /** Over good ones. */
  readonly args?: (host: string) => object;
  readonly options?: CheckFleetOptions;
  readonly world?: World;
}

const args = (change: object): Case => ({ args: () => change });
const answers = (reply: Reply): Case => ({ registry: basicRegistry(() => reply) });
const { username } = login;
const noLogin = { registries: {}, passwords: {} };
const anonymous = (registry: Script): Case => ({ registry, args: () => noLogin });
const password = (text: string): Case => ({ args: (host) => ({ passwords: { [host]: pulumi.secret(text) } }) });
const adopted = (status: object, values: object = {}): Case => ({
  args: () => ({ adopt: true }),
  world: {
    objects: {
      ...cluster,
      fleet: { metadata: { name: "fleet" } },
      "fleet/fleet": { status: { status: "deployed", chart: "fleet", version: "v7.0.2", ...status }, values },
    },
  },
});
const expiring = (days: number): Case => ({
  args: (host) => ({
    registries: { [host]: { username, expires: new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10) } },
  }),
});
const team = (type: string, host: string): Case => ({
  args: () => ({ ...noLogin, existing: [{ name: "team" }] }),
  world: {
    objects: {
      ...cluster,
      "fleet/team": {
        type,
        data: { ".dockerconfigjson": Buffer.from(JSON.stringify({ auths: { [host]: login } })).toString("base64") },
      },
    },
  },
});

const ofExplain = "told by make explain alone";
const ofCommands = "told by a command alone";

/** How arguments lead to each code; a reason where none do. */
const cases: Readonly<Record<IssueCode, readonly Case[] | string>> = {
  missing: [args({ passwords: {} }), password(""), password(" "), args({ database: { address: "db:3306" } })],
  malformed: [
    password("a\nb"),
    password("a\nb\n"),
    password("a\n"),
    password("a\tb"),
    password(" a"),
    password("p".repeat(800_000)),
    { args: (host) => ({ passwords: { [host]: 7 } }) },
    { args: (host) => ({ passwords: { [host]: "p", "quay.io": "p" } }) },
    args({ values: { imagePullSecrets: ["team"] } }),
    args({ licenseSecret: pulumi.output({ secretName: "s", key: "k" }) }),
  ],
  "unknown-key": [{ args: (host) => ({ registries: { [host]: { username: "u", password: "p" } } }) }],
  duplicate: [
    args({
      registries: { "a-b.io": { username: "u" }, "a.b.io": { username: "u" } },
      passwords: { "a-b.io": "p", "a.b.io": "p" },
    }),
  ],
  conflict: [args({ tls: {} })],
  "managed-value": [
    args({ values: { replicas: 2, podAnnotations: { "image-pull-secrets/revisions": "x" } } }),
    args({ values: { environments: { FLEET_SERVER_PRIVATE_KEY: "x" } } }),
  ],
  encrypted: "only a stack's file is encrypted",
  "not-encrypted": [args({ values: { environments: { FLEET_LICENSE_KEY: "x" } } })],
  "wrong-cluster": [{ options: { clusterUid: "uid-of-other" } }],
  "no-context": "the provider is an argument",
  "wrong-pull-secret": [team("Opaque", "ghcr.io"), team("kubernetes.io/dockerconfigjson", "ghcr.io")],
  "not-adoptable": [
    adopted({ chart: "nginx" }),
    adopted({ version: "v6.6.5" }),
    ...["pending-install", "pending-upgrade", "uninstalled"].map((status) => adopted({ status })),
    adopted({}, { mysql: { enabled: true }, environments: { FLEET_SERVER_PRIVATE_KEY: "x" } }),
  ],
  "tls-lost": [adopted({})],
  "last-change-failed": [adopted({ status: "failed" })],
  "wrong-credential": [
    { registry: basicRegistry(() => manifest, otherLogin) },
    {
      args: (host) => ({
        chart: `oci://${host}/charts/fleet`,
        chartUsername: username,
        chartPassword: otherLogin.password,
      }),
    },
  ],
  "login-needed": [anonymous(() => unauthorized)],
  "no-right": [answers(errorReply(403, "DENIED", "denied"))],
  "no-such-image": [
    answers(errorReply(404, "MANIFEST_UNKNOWN", "manifest unknown")),
    anonymous(({ url }) => (url === "/v2/" ? manifest : errorReply(404, "MANIFEST_UNKNOWN", "manifest unknown"))),
  ],
  "invalid-image": [args({ imageTag: "v 4" })],
  contradictory: [
    anonymous(({ method }) => (method === "HEAD" ? errorReply(404, "MANIFEST_UNKNOWN", "unknown") : manifest)),
  ],
  "rate-limited": [answers(errorReply(429, "TOOMANYREQUESTS", "rate limit exceeded"))],
  "failed-logins": [{ registry: () => errorReply(429, "TOOMANYREQUESTS", "too many failed login attempts") }],
  unreachable: [
    { options: { caCertificate: undefined } },
    { args: () => ({ imageRepository: "127.0.0.1:1/fleetdm/fleet" }) },
  ],
  failing: [answers({ status: 500 })],
  "anonymous-pull": [
    anonymous(() => ({ status: 500 })),
    { ...anonymous(() => manifest), options: { registryCheck: "off" } },
  ],
  "unused-registry": [
    {
      args: (host) => ({
        registries: { [host]: { username }, "quay.io": { username } },
        passwords: { [host]: login.password, "quay.io": "p" },
      }),
    },
    { args: () => ({ registries: { "127.0.0.1": { username } }, passwords: { "127.0.0.1": "p" } }) },
  ],
  "may-push": [{ registry: granting("pull", "push") }],
  "push-unknown": [{ options: { leastPrivilege: "enforce" } }],
  "no-credential": ofExplain,
  "not-checked": ofExplain,
  "too-few-nodes": ofExplain,
  "failed-pull": ofExplain,
  "no-such-secret": ofExplain,
  "unread-pull-secret": ofExplain,
  "hidden-pull-secrets": ofExplain,
  "unused-key": ofExplain,
  "wide-key": ofExplain,
  "no-username": ofExplain,
  "not-asked": [{ world: { objects: { "kube-system": {} }, preview: true } }],
  "no-such-stack": ofCommands,
  "no-such-file": ofCommands,
  "no-tool": ofCommands,
  "stored-elsewhere": ofCommands,
  "password-expires": [expiring(3)],
  "password-expired": [expiring(-3)],
};

/** Words for whoever has a stack of this project, and nobody else. */
const ofStacks =
  /pulumi config|\bmake (rotate|explain|check|local)|(?<!\/)\bfleet:|kubernetes:\w|registryPasswords|tlsSecretName|\(imagePullSecrets\)|"imagePullSecrets"/;

describe("what checkFleet tells a program of somebody else's", function () {
  this.timeout(20_000); // for a busy machine
  afterEach(closeAll);

  for (const [code, found] of Object.entries(cases)) {
    if (typeof found === "string") continue;
    found.forEach(({ registry = basicRegistry(() => manifest), args = () => ({}), options, world }, i) => {
      it(`names arguments: ${code}${found.length > 1 ? ` (${i + 1})` : ""}`, async () => {
        const { host } = await serve(registry);
        const { result } = await record(
          async () => {
            const { checkFleet } = await import("../../../preflight");
            const given = {
              imageRepository: `${host}/fleetdm/fleet`,
              imageTag: "v4.85.0",
              database: { address: "db:3306", password: "p" },
              cache: { address: "cache:6379" },
              registries: { [host]: { username } },
              passwords: { [host]: pulumi.secret(login.password) },
              ...args(host),
            };
            return checkFleet(given, { caCertificate: testCertificate().ca, ...options });
          },
          { objects: cluster, ...world },
        );
        const issues = [...result.errors, ...result.warnings];
        assert.ok(
          issues.some((issue) => issue.code === code),
          issues.map(({ code }) => code).join(),
        );
        for (const text of issues.map(issueText)) assert.doesNotMatch(text, ofStacks);
      });
    });
  }
});
