import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { ImagePullSecretsArgs } from "../../../components/image-pull-secrets";
import { UserError } from "../../../components/user-error";
import { changed, record, valueOf } from "../support/recording";
import { secret } from "../support/secret-value";

const make = (args: ImagePullSecretsArgs) =>
  record(async () => {
    const { ImagePullSecrets } = await import("../../../components/image-pull-secrets");
    return new ImagePullSecrets("fleet", args);
  });

const two = {
  namespace: "fleet",
  registries: {
    "registry.example.com:5000/team": { username: "puller", email: "ops@example.com", expires: "2027-03-01" },
    "index.docker.io": { username: "hub" },
  },
  passwords: { "registry.example.com:5000/team": "marker-one", "index.docker.io": "marker-two" },
};

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("ImagePullSecrets", function () {
  this.timeout(20_000); // for a busy machine
  it("makes one immutable Secret per registry, named after its server", async () => {
    const { recording } = await make(two);
    assert.deepEqual(recording.tree(), [
      "fleet:index:ImagePullSecrets fleet",
      "  kubernetes:core/v1:Secret fleet-docker-io",
      "  kubernetes:core/v1:Secret fleet-registry-example-com-5000-team",
    ]);
    assert.deepEqual(recording.get("ImagePullSecrets fleet").inputs, {});
    assert.deepEqual(recording.get("Secret fleet-registry-example-com-5000-team").inputs, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        namespace: "fleet",
        labels: { "app.kubernetes.io/part-of": "fleet" },
        annotations: { "pulumi.com/patchForce": "true" },
      },
      type: "kubernetes.io/dockerconfigjson",
      immutable: true,
      data: secret({
        ".dockerconfigjson": base64(
          `{"auths":{"registry.example.com:5000/team":{"auth":"${base64("puller:marker-one")}",` +
            `"email":"ops@example.com","password":"marker-one","username":"puller"}}}`,
        ),
      }),
    });
    assert.deepEqual(
      recording.get("Secret fleet-docker-io").inputs.data,
      secret({
        ".dockerconfigjson": base64(
          `{"auths":{"docker.io":{"auth":"${base64("hub:marker-two")}","password":"marker-two","username":"hub"}}}`,
        ),
      }),
    );
  });

  it("lists the created Secrets by server, then the existing ones as given", async () => {
    const { result, recording } = await make({
      ...two,
      existing: [
        { name: "zebra", revision: pulumi.output("7") },
        { name: "ant", revision: pulumi.output("9") },
      ],
    });
    const [references, names] = await Promise.all([valueOf(result.references), valueOf(result.names)]);
    assert.deepEqual(references, [
      { name: names["docker.io"] },
      { name: names["registry.example.com:5000/team"] },
      { name: "zebra" },
      { name: "ant" },
    ]);
    assert.match(names["docker.io"] ?? "", /^fleet-docker-io-[0-9a-f]{8}$/);
    assert.deepEqual(await valueOf(result.revisions), { zebra: "7", ant: "9" });
    assert.deepEqual(recording.outputs["ImagePullSecrets fleet"], {
      names,
      references,
      revisions: { zebra: "7", ant: "9" },
      secrets: await valueOf(pulumi.output(result.secrets)),
    });
    assert.equal(result.secrets.length, 2);
  });

  it("lists one that is not followed as every other one, without its revision", async () => {
    const { result } = await make({
      namespace: "fleet",
      existing: [{ name: "ecr" }, { name: "team", revision: pulumi.output("7") }],
    });
    assert.deepEqual(await valueOf(result.references), [{ name: "ecr" }, { name: "team" }]);
    assert.deepEqual(await valueOf(result.revisions), { team: "7" });
  });

  it("makes nothing for public images", async () => {
    const { result, recording } = await make({ namespace: "fleet" });
    assert.deepEqual(recording.tree(), ["fleet:index:ImagePullSecrets fleet"]);
    assert.deepEqual(recording.outputs["ImagePullSecrets fleet"], {
      names: {},
      references: [],
      revisions: {},
      secrets: [],
    });
    assert.deepEqual(result.secrets, []);
  });

  it("keeps every password secret, given plain or as an output, and the lists readable", async () => {
    const given: ImagePullSecretsArgs["passwords"][] = [
      two.passwords,
      pulumi.output(two.passwords),
      pulumi.secret(two.passwords),
    ];
    for (const passwords of given) {
      const { result, recording } = await make({ ...two, passwords });
      assert.deepEqual(Object.keys(await valueOf(result.names)), ["docker.io", "registry.example.com:5000/team"]);
      for (const text of ["marker-one", "marker-two"]) {
        assert.equal(recording.readable().includes(text), false);
        assert.equal(recording.readable().includes(base64(text).slice(0, 8)), false);
      }
      assert.deepEqual([await pulumi.isSecret(result.references), await pulumi.isSecret(result.names)], [false, false]);
      assert.deepEqual(
        result.secrets.map((made) => Object.keys(made)),
        [
          ["name", "uid"],
          ["name", "uid"],
        ],
      );
    }
  });

  it("is the same for the same input, whatever the order of the keys", async () => {
    const reversed = <T>(map: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(map).reverse());
    const [first, second, third] = await Promise.all(
      [
        make(two),
        make(two),
        make({
          ...two,
          registries: reversed(two.registries),
          passwords: { "index.docker.io": "marker-two", "registry.example.com:5000/team": "marker-one" },
        }),
      ].map(async (run) => (await run).recording.resources),
    );
    assert.deepEqual(first, second);
    assert.deepEqual(first, third);
  });

  it("changes one Secret when one password changes", async () => {
    const rotated = {
      ...two,
      passwords: { "registry.example.com:5000/team": "marker-new", "index.docker.io": "marker-two" },
    };
    const [before, after] = [await make(two), await make(rotated)];
    assert.deepEqual(changed(before.recording, after.recording), ["Secret fleet-registry-example-com-5000-team"]);
  });

  it("changes nothing when only the day of expiry changes", async () => {
    const registries = { ...two.registries, "index.docker.io": { username: "hub", expires: "2028-01-01" } };
    const [before, after] = [await make(two), await make({ ...two, registries })];
    assert.deepEqual(changed(before.recording, after.recording), []);
  });

  it("refuses bad registries before any Secret", async () => {
    const { result, recording } = await record(async () => {
      const { ImagePullSecrets } = await import("../../../components/image-pull-secrets");
      const registries = { "docker.io": { username: "a" }, "index.docker.io": { username: "" } };
      try {
        return new ImagePullSecrets("fleet", { namespace: "fleet", registries });
      } catch (error) {
        return error;
      }
    });
    assert.ok(result instanceof UserError);
    assert.equal(
      result.message,
      'passwords["docker.io"] is missing; set it\n' +
        'registries["index.docker.io"].username is empty; write the name of the account that may pull\n' +
        'passwords["index.docker.io"] is missing; set it\n' +
        'registries["index.docker.io"] is the same registry as "docker.io", docker.io; keep one of the two',
    );
    assert.deepEqual(recording.tree(), ["fleet:index:ImagePullSecrets fleet"]);
  });
});
