import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import type { ImagePullSecretsArgs } from "../../../components/image-pull-secrets-args";
import { checkPullSecrets, credential, madeFor } from "../../../components/pull-credentials";
import { issueText } from "../../../registry/issue";

type Args = Omit<ImagePullSecretsArgs, "namespace">;

const registries = { "ghcr.io": { username: "puller" } };
const passwords = { "ghcr.io": "marker" };
const missing = 'passwords["ghcr.io"] is missing; set it';
const passwordsNoMap = "passwords is not a map; give each password by its server, as registries does";
const formless = (i: number) => `existing[${i}] is not of the form {name: SECRET}; write it as {name: team-registry}`;

/** What no type of TypeScript lets pass, and JavaScript, YAML and another stack's outputs do. */
const cases: readonly (readonly [string, object, readonly string[]])[] = [
  ["nothing of null", { registries: null, passwords: null, existing: null }, []],
  [
    "a text for registries",
    { registries: "ghcr.io", passwords },
    ['registries is not a map; write it by server: { "registry.example.com": { username: fleet-puller } }'],
  ],
  ["null for passwords", { registries, passwords: null }, [missing]],
  ["a text for passwords, of which nothing is told", { registries, passwords: "marker" }, [passwordsNoMap]],
  [
    "a map for existing",
    { existing: { name: "team" } },
    ["existing is not a list; write it as {name: team-registry} in a list"],
  ],
  ["names and null in existing", { existing: ["team", { name: "team" }, null] }, [formless(0), formless(2)]],
  [
    "names that no Secret has, and one twice",
    { existing: [{}, { name: "Team" }, { name: "a" }, { name: "a" }] },
    [
      'existing[0] is not text; write the name of a Secret in quotes: "team-registry"',
      'existing[1] is not a name that Kubernetes takes for a Secret; use lower-case letters, digits, "-" and ".", with a letter or digit at both ends of every part',
      "existing[3] names the same Secret as existing[2]; keep one of the two",
    ],
  ],
  [
    "outputs, which are known later",
    {
      registries,
      passwords: pulumi.output(passwords),
      existing: [{ name: pulumi.output("Team") }, pulumi.output({ name: "Team" }), { name: "team" }],
    },
    [],
  ],
];

describe("the credentials of a program of one's own", () => {
  for (const [what, args, told] of cases) {
    it(`${told.length === 0 ? "may be" : "are refused for"} ${what}`, () => {
      assert.deepEqual(checkPullSecrets(args as Args).map(issueText), told);
    });
  }

  const resolved = (given: unknown) => {
    const args = { registries, passwords: pulumi.output(given) } as Args;
    const [made] = madeFor(registries);
    assert.ok(made);
    return (credential(made, args) as unknown as { promise(): Promise<unknown> }).promise();
  };

  it("are refused where the output for all passwords has nothing, or no map", async () => {
    await assert.rejects(resolved(undefined), { message: missing });
    await assert.rejects(resolved(null), { message: missing });
    await assert.rejects(resolved("marker"), { message: passwordsNoMap });
    assert.deepEqual(await resolved(passwords), {
      key: "ghcr.io",
      server: "ghcr.io",
      slug: "ghcr-io",
      username: "puller",
      password: "marker",
    });
  });
});
