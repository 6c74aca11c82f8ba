import { strict as assert } from "node:assert";
import type { PlainMap } from "../../../policy/plain";
import { listedSecretsAreOfType, pullSecretImmutable } from "../../../policy/rules/pull-secrets-immutable";
import { pullSecretsListed } from "../../../policy/rules/pull-secrets-listed";
import { pullSecret, release, resource, said, secret, unknown } from "./resources";

const listing = (...names: string[]) => ({ values: { imagePullSecrets: names.map((name) => ({ name })) } });

describe("policy pull-secrets-listed", () => {
  const unlisted =
    'Release "app" does not list Secret "registry", so its pods pull without it; add {name: …} with its metadata.name to values.imagePullSecrets';

  it("is content with a release that lists each pull Secret, and does not ask for other Secrets", () => {
    const other = pullSecret({}, "another-horse", "other");
    const resources = [pullSecret(), other, secret({ data: {} }, "token"), release(listing("registry-1", "other-1"))];
    assert.deepEqual(said(pullSecretsListed(resources)), []);
  });

  it("names each release of the namespace that lacks one", () => {
    const strings: PlainMap = { values: { imagePullSecrets: ["registry-1"] } };
    const lacking: PlainMap[] = [{}, { values: {} }, listing("other-1"), strings];
    for (const values of lacking) {
      assert.deepEqual(said(pullSecretsListed([pullSecret(), release(values)])), [unlisted]);
    }
    const both = [pullSecret(), release(listing("registry-1"), "web"), release({})];
    assert.deepEqual(said(pullSecretsListed(both)), [unlisted]);
  });

  it("refuses another namespace than a release's, also that of no name", () => {
    const sentence = (namespace: string) =>
      `Secret "registry" is in the namespace "${namespace}", where this stack has no Helm release; put it into "fleet", since a pull Secret serves its own namespace only`;
    const elsewhere = pullSecret({ metadata: { name: "registry-1", namespace: "elsewhere" } });
    assert.deepEqual(said(pullSecretsListed([elsewhere, release(listing("registry-1"))])), [sentence("elsewhere")]);
    const nowhere = pullSecret({ metadata: { name: "registry-1" } });
    assert.deepEqual(said(pullSecretsListed([nowhere, release(listing("registry-1"))])), [sentence("default")]);
  });

  it("lets each release have the Secrets of its own namespace", () => {
    const other = pullSecret({ metadata: { name: "other-1", namespace: "other" } }, "another-horse", "other");
    const web = release({ namespace: "other", ...listing("other-1") }, "web");
    assert.deepEqual(said(pullSecretsListed([pullSecret(), other, release(listing("registry-1")), web])), []);
  });

  it("asks for the list that reaches the chart's own pods, and not for a subchart's", () => {
    const names = ["registry-1"];
    const reached: PlainMap = { ...listing("registry-1").values, mysql: { enabled: true }, redis: { enabled: true } };
    assert.deepEqual(said(pullSecretsListed([pullSecret(), release({ values: reached })])), []);
    for (const part of ["valkey", "global"]) {
      const values: PlainMap = { imagePullSecrets: null, [part]: { imagePullSecrets: names } };
      assert.deepEqual(said(pullSecretsListed([pullSecret(), release({ values })])), [unlisted]);
    }
  });

  it("has nothing to say where the stack has no release", () => {
    assert.deepEqual(said(pullSecretsListed([pullSecret()])), []);
  });

  describe("in a preview that does not know everything", () => {
    const unnamed = pullSecret({ metadata: { name: unknown, namespace: "fleet" } });

    it("says so where the list or one of its names may hold the Secret", () => {
      const sentence = ['? values.imagePullSecrets of Release "app"'];
      const one = release({ values: { imagePullSecrets: [{ name: unknown }] } });
      for (const secrets of [unnamed, pullSecret()]) {
        assert.deepEqual(said(pullSecretsListed([secrets, one])), sentence);
        assert.deepEqual(said(pullSecretsListed([secrets, release({ values: unknown })])), sentence);
        assert.deepEqual(
          said(pullSecretsListed([secrets, release({ values: { imagePullSecrets: unknown } })])),
          sentence,
        );
      }
    });

    it("says so where a plugin has left the name out that is not known yet, and of no other entry", () => {
      const nameless = release({ values: { imagePullSecrets: [{}] } });
      assert.deepEqual(said(pullSecretsListed([unnamed, nameless])), ['? values.imagePullSecrets of Release "app"']);
      assert.deepEqual(said(pullSecretsListed([pullSecret(), nameless])), [unlisted]);
    });

    it("is not silent about what is wrong whatever the unknown name will be", () => {
      assert.deepEqual(said(pullSecretsListed([unnamed, release(listing("other-1"))])), [unlisted]);
      assert.deepEqual(said(pullSecretsListed([unnamed, release({})])), [unlisted]);
    });

    it("says so where a namespace is not known", () => {
      const somewhere = pullSecret({ metadata: { name: "registry-1", namespace: unknown } });
      assert.deepEqual(said(pullSecretsListed([somewhere, release({})])), [
        '? metadata.namespace of Secret "registry"',
      ]);
      assert.deepEqual(said(pullSecretsListed([pullSecret(), release({ namespace: unknown })])), [
        '? namespace of Release "app"',
      ]);
    });
  });
});

describe("policy pull-secrets-immutable", () => {
  const changeable =
    'Secret "registry" is a pull Secret that can be changed in place, which acts on running pods before any preview; set immutable: true and let Pulumi name it';
  const wrong = (type: string) =>
    `Secret "registry" is a pull Secret of the type "${type}"; make it anew as kubernetes.io/dockerconfigjson`;

  it("is content with an immutable one of the type, and with other Secrets as they are", () => {
    assert.deepEqual(said(pullSecretImmutable(pullSecret())), []);
    assert.deepEqual(said(pullSecretImmutable(secret({ data: { token: "" } }))), []);
    assert.deepEqual(said(pullSecretImmutable(secret({ stringData: unknown }))), []);
    assert.deepEqual(said(pullSecretImmutable(resource("kubernetes:core/v1:ConfigMap", "a", { data: {} }))), []);
  });

  it("refuses one that can be changed", () => {
    for (const immutable of [false, null, "true"]) {
      assert.deepEqual(said(pullSecretImmutable(pullSecret({ immutable }))), [changeable]);
    }
  });

  it("refuses the old type, another one and none", () => {
    assert.deepEqual(said(pullSecretImmutable(pullSecret({ type: "kubernetes.io/dockercfg" }))), [
      wrong("kubernetes.io/dockercfg"),
    ]);
    const { data } = pullSecret().properties;
    assert.deepEqual(said(pullSecretImmutable(secret({ immutable: true, data: data ?? {} }))), [wrong("Opaque")]);
    assert.deepEqual(
      said(pullSecretImmutable(secret({ immutable: true, stringData: { ".dockercfg": "{}" }, type: "x/y" }))),
      [wrong("x/y")],
    );
  });

  it("says what a preview does not know", () => {
    assert.deepEqual(said(pullSecretImmutable(pullSecret({ immutable: unknown, type: unknown }))), [
      '? type of Secret "registry"',
      '? immutable of Secret "registry"',
    ]);
  });

  it("finds a Secret of another type that a release lists", () => {
    const token = secret({ type: "Opaque", data: {} }, "token");
    const elsewhere = secret({ metadata: { name: "token-1", namespace: "elsewhere" } }, "elsewhere");
    assert.deepEqual(said(listedSecretsAreOfType([token, elsewhere, pullSecret(), release(listing("token-1"))])), [
      'Secret "token" is listed by Release "app" but has the type "Opaque", which the kubelet passes over; make it anew as kubernetes.io/dockerconfigjson',
    ]);
    assert.deepEqual(said(listedSecretsAreOfType([token, release(listing("other"))])), []);
  });

  it("finds it in each list of the values, those of subcharts that take names included", () => {
    const token = secret({ type: "Opaque", data: {} }, "token");
    const listed: readonly PlainMap[] = [
      { valkey: { imagePullSecrets: ["token-1"] } },
      { global: { imagePullSecrets: ["other", "token-1"] } },
      { imagePullSecrets: unknown, agent: { proxy: { imagePullSecrets: [unknown, { name: "token-1" }] } } },
    ];
    for (const values of listed) {
      assert.match(
        said(listedSecretsAreOfType([token, release({ values })])).join("\n"),
        /^Secret "token" is listed by/,
      );
    }
    const others: readonly PlainMap[] = [
      { imagePullSecrets: null, valkey: null },
      { imagePullSecretsOf: ["token-1"], valkey: { imagePullSecrets: ["map[name:token-1]", null, [], {}] } },
    ];
    for (const values of others) assert.deepEqual(said(listedSecretsAreOfType([token, release({ values })])), []);
  });
});
