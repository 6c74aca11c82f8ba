import assert from "node:assert/strict";
import { keyNames } from "../../../config/keys";
import { badSecretName, onlySecretsAreEncrypted, testMessages, type MessageCase } from "../support/message-cases";
import { messagesOf } from "../support/raw-config";

const repositoryForm = "write it as registry.example.com/fleetdm/fleet, without a tag";
const referenceForm = "write it as registry/repository:tag";

const cases: readonly MessageCase[] = [
  [
    "no tag",
    { imageTag: "" },
    ["fleet:imageTag is not set; name a tag that your registry has: pulumi config set imageTag v4.85.0"],
  ],
  [
    "a tag that is none",
    { imageTag: "v4 85" },
    ["fleet:imageTag is not a tag of an image; use letters, digits, _, . and - only, for example v4.85.0"],
  ],
  ...[`sha256:${"a".repeat(64)}`, `@sha256:${"a".repeat(64)}`].map((imageTag): MessageCase => [
    `a digest without a tag, ${imageTag.slice(0, 8)}`,
    { imageTag },
    [
      "fleet:imageTag is a digest without a tag, which the chart cannot write; put any tag in front of it: " +
        "v4.85.0@sha256:… with 64 lower-case hexadecimal digits",
    ],
  ]),
  ...[
    "v1@",
    "v1@sha256:1234",
    `v1@sha256:${"A".repeat(64)}`,
    `v1@sha256:${"a".repeat(64)}@sha256:${"a".repeat(64)}`,
  ].map((imageTag): MessageCase => [
    `a tag with a digest that is none, ${imageTag.slice(0, 16)} of ${imageTag.length}`,
    { imageTag },
    ["fleet:imageTag has a digest that is not one; write it as v4.85.0@sha256:… with 64 lower-case hexadecimal digits"],
  ]),
  ["an encrypted tag", { imageTag: "v1" }, [`fleet:imageTag ${onlySecretsAreEncrypted}`], ["imageTag"]],
  [
    "a tag in the repository",
    { imageRepository: "ghcr.io/fleet:v1" },
    [`fleet:imageRepository has a tag; ${repositoryForm}: fleet:imageTag is for that`],
  ],
  [
    "a digest in the repository",
    { imageRepository: `ghcr.io/fleet@sha256:${"a".repeat(64)}` },
    [`fleet:imageRepository has a digest; ${repositoryForm}: fleet:imageTag is for that`],
  ],
  ...["registry.example.com", "registry.example.com:5000", "localhost:5000"].map((host): MessageCase => [
    `the host of a registry as the repository, ${host}`,
    { imageRepository: host, mysqlImage: "a b" },
    [
      `fleet:imageRepository is the host of a registry without a repository; write both, as the registry has it: ${host}/fleetdm/fleet`,
      "fleet:mysqlImage contains white space; remove it",
    ],
  ]),
  [
    "a repository with a scheme",
    { imageRepository: "https://ghcr.io/fleet" },
    [`fleet:imageRepository begins with a scheme; ${repositoryForm}`],
  ],
  [
    "a repository with capitals",
    { imageRepository: "ghcr.io/Fleet" },
    [`fleet:imageRepository has an upper-case letter in its repository; ${repositoryForm}`],
  ],
  [
    "images that are none",
    { mysqlImage: "mysql:", valkeyImage: "a b" },
    [
      `fleet:mysqlImage is not an image reference; ${referenceForm}`,
      "fleet:valkeyImage contains white space; remove it",
    ],
  ],
  [
    "an unknown key",
    { regsitries: "{}" },
    ["fleet:regsitries is not a key of this program; did you mean fleet:registries?"],
  ],
  [
    "a key like none",
    { somethingElse: "1" },
    [`fleet:somethingElse is not a key of this program; the keys are ${[...keyNames].sort().join(", ")}`],
  ],
  [
    "--path forgotten",
    { 'registryPasswords["ghcr.io"]': "x" },
    [
      'fleet:registryPasswords["ghcr.io"] is not a key of this program; to set a part of fleet:registryPasswords, remove this key and give --path to `pulumi config set`',
    ],
  ],
  [
    "files in the place of a cluster",
    { "kubernetes:renderYamlToDirectory": "manifests" },
    [
      "kubernetes:renderYamlToDirectory writes passwords into files in plain text, and the Helm release is installed all the same; " +
        "remove it: pulumi config rm kubernetes:renderYamlToDirectory",
    ],
  ],
  [
    "a username that is the password too",
    {
      registries: { "registry.digitalocean.com": { username: "dop_v1_x" }, "ghcr.io": { username: "bot" } },
      registryPasswords: { "registry.digitalocean.com": "dop_v1_x", "ghcr.io": "dop_v1_x" },
    },
    [
      'fleet:registries["registry.digitalocean.com"].username is its password too, and anyone can read it here; set a new ' +
        "one for both, this one with: pulumi config set --secret --path 'registries[\"registry.digitalocean.com\"].username'",
    ],
  ],
  [
    "registries that are no map",
    { registries: "5" },
    ["fleet:registries is not a map; write it as YAML in the stack's file"],
  ],
  [
    "passwords that are no map",
    { registryPasswords: "marker" },
    [
      "fleet:registryPasswords is not a map; set one value at a time: pulumi config set --secret --path 'registryPasswords[\"NAME\"]'",
    ],
  ],
  [
    "a Secret name that is none",
    { imagePullSecrets: ["good", "Bad_Name"] },
    [`fleet:imagePullSecrets[1] ${badSecretName}`],
  ],
  [
    "an empty Secret name",
    { imagePullSecrets: [""] },
    ["fleet:imagePullSecrets[0] is empty; write the name of a Secret, or remove the entry"],
  ],
  [
    "a Secret name that is a number",
    { imagePullSecrets: [7] },
    ['fleet:imagePullSecrets[0] is not text; write the name of a Secret in quotes: "team-registry"'],
  ],
  [
    "a Secret name too long",
    { imagePullSecrets: ["a".repeat(254)] },
    ["fleet:imagePullSecrets[0] is longer than 253 characters; use a shorter name"],
  ],
  [
    "a Secret named twice",
    { imagePullSecrets: ["a", "b", "a"] },
    ["fleet:imagePullSecrets[2] names the same Secret as imagePullSecrets[0]; keep one of the two"],
  ],
  [
    "Secret names that are no list",
    { imagePullSecrets: "team" },
    ["fleet:imagePullSecrets is not a list; write it as YAML in the stack's file"],
  ],
  [
    "Secrets as maps that are none",
    {
      imagePullSecrets: [
        { follow: false },
        { name: "ecr", folow: false },
        { name: "acr", follow: "no" },
        "acr",
        { name: 7 },
      ],
    },
    [
      "fleet:imagePullSecrets[1].folow is not a key of this program; did you mean fleet:imagePullSecrets[1].follow?",
      "fleet:imagePullSecrets[2].follow is not true or false; write it without quotes",
      'fleet:imagePullSecrets[0] is not text; write the name of a Secret in quotes: "team-registry"',
      "fleet:imagePullSecrets[3] names the same Secret as imagePullSecrets[2]; keep one of the two",
      'fleet:imagePullSecrets[4] is not text; write the name of a Secret in quotes: "team-registry"',
    ],
  ],
  [
    "an encrypted Secret name",
    { imagePullSecrets: ["a"] },
    [`fleet:imagePullSecrets ${onlySecretsAreEncrypted}`],
    ["imagePullSecrets"],
  ],
  [
    "numbers",
    { replicas: "0", pullCheckDeadlineSeconds: "soon", releaseTimeoutSeconds: "1.5" },
    [
      "fleet:replicas is 0; set a whole number from 1 up",
      "fleet:pullCheckDeadlineSeconds is soon; set a whole number from 1 up",
      "fleet:releaseTimeoutSeconds is 1.5; set a whole number from 1 up",
    ],
  ],
  [
    "numbers that are not written as one",
    { replicas: "0x10", pullCheckDeadlineSeconds: "1e2", releaseTimeoutSeconds: " 3" },
    [
      "fleet:replicas is 0x10; set a whole number from 1 up",
      "fleet:pullCheckDeadlineSeconds is 1e2; set a whole number from 1 up",
      "fleet:releaseTimeoutSeconds is  3; set a whole number from 1 up",
    ],
  ],
  [
    "numbers that Kubernetes cannot keep",
    { replicas: "2147483648", pullCheckDeadlineSeconds: "1.0", releaseTimeoutSeconds: "-1" },
    [
      "fleet:replicas is 2147483648; set a whole number up to 2147483647",
      "fleet:pullCheckDeadlineSeconds is 1.0; set a whole number from 1 up",
      "fleet:releaseTimeoutSeconds is -1; set a whole number from 1 up",
    ],
  ],
  [
    "switches",
    { createNamespace: "yes", pullCheck: "off" },
    ["fleet:createNamespace is yes; set it to true or false", "fleet:pullCheck is off; set it to true or false"],
  ],
  [
    "a namespace that is none",
    { namespace: "Fleet" },
    [
      'fleet:namespace is not a name that Kubernetes takes for a namespace; use at most 63 lower-case letters, digits and "-"',
    ],
  ],
  [
    "a level of no standard",
    { podSecurity: "strict" },
    ["fleet:podSecurity is strict; set it to restricted, baseline or privileged"],
  ],
  [
    "a value that the namespace made here refuses",
    { values: { gke: { cloudSQL: { enableProxy: true } } }, podSecurity: "baseline" },
    [
      "fleet:values.gke.cloudSQL.enableProxy needs the capability SYS_PTRACE, which the namespace refuses; set fleet:podSecurity to privileged",
    ],
  ],
  ...["default", "kube-system", "kube-public", "kube-node-lease"].flatMap((namespace) =>
    [{}, { createNamespace: "true" }].map((stack): MessageCase => [
      `the namespace ${namespace}, ${JSON.stringify(stack)}`,
      { namespace, ...stack },
      [
        `fleet:namespace is ${namespace}, which is Kubernetes' own and no stack's to make; ` +
          "name one for Fleet alone, or set createNamespace to false",
      ],
    ]),
  ),
  ...["0", "65536", "080", "99999999999999999999"].map((port): MessageCase => [
    `the port ${port}`,
    {
      hostName: `fleet.example.com:${port}`,
      imageRepository: `registry.example.com:${port}/fleet`,
      mysqlImage: `registry.example.com:${port}/mysql:8`,
      pullCheckImages: [{ image: `registry.example.com:${port}/side:1`, command: ["x"] }],
    },
    [
      ...["imageRepository", "mysqlImage", "pullCheckImages[0].image"].map(
        (key) =>
          `fleet:${key} has a port that is not from 1 to 65535; correct it in the host of the registry, ` +
          "for example registry.example.com:5000",
      ),
      "fleet:hostName has a port that is not from 1 to 65535; correct it, for example fleet.example.com:8443, or leave it out",
    ],
  ]),
  [
    "a host name with a scheme",
    { hostName: "https://fleet.example.com" },
    ["fleet:hostName is not a host name; write it without scheme and path, for example fleet.example.com"],
  ],
];

describe("a mistake in a stack is told with its key and the fix", () => {
  testMessages(cases);

  it("all of a stack at once, unknown keys first", () => {
    const first = { imageTag: "", replicas: "0" };
    const second = { registries: { "ghcr.io": {} }, hostName: "a b", hostNmae: "x" };
    const messages = messagesOf({ ...first, ...second });
    assert.deepEqual([...messages].sort(), [...messagesOf(first), ...messagesOf(second)].sort());
    assert.equal(messages.length, 6);
    assert.equal(messages[0], "fleet:hostNmae is not a key of this program; did you mean fleet:hostName?");
  });
});
