import assert from "node:assert/strict";
import { setPasswordCommand } from "../../../config/set-commands";
import type { DockerConfigEntry } from "../../../registry/docker-config";
import type { RegistryLogin } from "../../../config/registries";
import { pullCredentials } from "../../../preflight/pull-credentials";
import * as pulumi from "@pulumi/pulumi";
import { testCertificate } from "../../support/fake-registry";
import { testMessages, type MessageCase } from "../support/message-cases";
import { configOf, messagesOf } from "../support/raw-config";
import { SecretText } from "../../../registry/secret-text";
import { revealed } from "../support/revealed";

const pem = "give the authority's certificate in PEM form: -----BEGIN CERTIFICATE----- and so on";
const authority = testCertificate().ca;
const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

const cases: readonly MessageCase[] = [
  ["no level", { registryCheck: "maybe" }, ["fleet:registryCheck is maybe; set it to enforce, warn or off"]],
  ["no level of privilege", { leastPrivilege: "on" }, ["fleet:leastPrivilege is on; set it to enforce, warn or off"]],
  [
    "rights to push refused, and no registry asked",
    { registryCheck: "off", leastPrivilege: "enforce" },
    [
      "fleet:leastPrivilege is enforce, but registryCheck is off, so no registry is asked; " +
        "set registryCheck to warn, or leastPrivilege to warn",
    ],
  ],
  [
    "no certificate",
    { registryCaCertificate: "ca.crt" },
    [`fleet:registryCaCertificate contains no certificate; ${pem}`],
  ],
  [
    "a certificate that is cut off",
    { registryCaCertificate: broken },
    [`fleet:registryCaCertificate contains a certificate that cannot be read; ${pem}`],
  ],
  [
    "a second certificate that is cut off",
    { registryCaCertificate: authority + broken },
    [`fleet:registryCaCertificate contains a certificate that cannot be read, number 2; ${pem}`],
  ],
  [
    "a private key",
    { registryCaCertificate: testCertificate().key },
    [
      "fleet:registryCaCertificate contains a private key; " +
        "give the certificate alone, and make a new key: this one is known",
    ],
  ],
];

describe("how the registries are asked", function () {
  this.timeout(20_000); // for a busy machine

  describe("a mistake is told with its key and the fix", () => testMessages(cases));

  it("strictly, with a warning of rights to push, unless the stack says otherwise", () => {
    assert.deepEqual(configOf({}).registryCheck, { registryCheck: "enforce", leastPrivilege: "warn" });
    const stack = { registryCheck: "warn", leastPrivilege: "enforce" };
    assert.deepEqual(messagesOf(stack), []);
    assert.deepEqual(configOf({ ...stack, registryCaCertificate: authority }).registryCheck, {
      ...stack,
      caCertificate: authority,
    });
    const off = { registryCheck: "off", leastPrivilege: "off" };
    assert.deepEqual(messagesOf({ registryCheck: "off" }), []);
    assert.deepEqual(configOf(off).registryCheck, off);
  });

  it("with the passwords of the configuration, by server, then with those of the existing Secrets", () => {
    const { registries } = configOf({
      registries: { "quay.io": { username: "q" }, "ghcr.io": { username: "g", email: "g@example.com" } },
      registryPasswords: { "quay.io": "marker-q", "ghcr.io": "marker-g" },
    });
    const entry = (server: string): DockerConfigEntry => ({
      server,
      username: "t",
      password: new SecretText("marker-t"),
      email: "",
    });
    const read = (name: string, ...servers: string[]) => ({
      name,
      revision: pulumi.output("1"),
      config: { kind: "entries", entries: servers.map(entry) } as const,
    });
    const secrets = pullCredentials(registries, [read("team", "ghcr.io", "docker.io"), read("other", "ghcr.io")]);
    const renewed = (key: string) => `set a new password with ${setPasswordCommand(key)}`;
    assert.deepEqual(revealed(secrets), [
      {
        name: "ghcr-io",
        config: {
          kind: "entries",
          entries: [
            {
              server: "ghcr.io",
              username: "g",
              password: "marker-g",
              email: "g@example.com",
              account: "g",
              renewal: renewed("ghcr.io"),
              place: 'fleet:registries["ghcr.io"]',
            },
          ],
        },
      },
      {
        name: "quay-io",
        config: {
          kind: "entries",
          entries: [
            {
              server: "quay.io",
              username: "q",
              password: "marker-q",
              email: "",
              account: "q",
              renewal: renewed("quay.io"),
              place: 'fleet:registries["quay.io"]',
            },
          ],
        },
      },
      {
        name: "team",
        config: {
          kind: "entries",
          entries: ["ghcr.io", "docker.io"].map((server) => ({
            ...revealed(entry(server)),
            account: "t",
            renewal: "put a new password into the Secret team",
          })),
        },
      },
      {
        name: "other",
        config: {
          kind: "entries",
          entries: [
            { ...revealed(entry("ghcr.io")), account: "t", renewal: "put a new password into the Secret other" },
          ],
        },
      },
    ]);
  });

  it("with the word for a Secret that refreshes itself, whose password nobody puts in", () => {
    const config = { kind: "entries", entries: [] } as const;
    const entries = [{ server: "ghcr.io", username: "u", password: new SecretText("p"), email: "" }];
    const [found] = pullCredentials([], [{ name: "ecr", config: { ...config, entries } }]);
    assert.deepEqual(found?.config, {
      kind: "entries",
      entries: [{ ...entries[0], account: "u", renewal: "see why nothing refreshes the Secret ecr" }],
    });
  });

  it("never with a Secret that cannot be read", () => {
    const none: readonly RegistryLogin[] = [];
    const config = { kind: "broken", problem: "is no JSON" } as const;
    const secret = { name: "team", revision: pulumi.output("1"), config };
    assert.deepEqual(pullCredentials(none, [secret]), [{ name: "team", config }]);
  });
});
