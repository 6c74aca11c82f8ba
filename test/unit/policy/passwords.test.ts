import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { writtenForms } from "../../../registry/secret-forms";
import type { PlainMap } from "../../../policy/plain";
import { passwordsOutside, unknownPlaces } from "../../../policy/rules/passwords-only-in-secrets";
import { pullSecret, release, resource, said, secret, unknown } from "./resources";

const password = "correct-horse";
const sentence = (what: string, places: string) =>
  `${what} holds the password for "ghcr.io" of Secret "registry" in ${places}; take it out, and name a Secret there instead`;

describe("policy passwords-only-in-secrets", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  it("finds a password in the values of a release in each of its forms, and says where", () => {
    const values = {
      plain: `token ${password}`,
      list: [{ login: base64(`puller:${password}`) }],
      twice: base64(JSON.stringify({ auth: base64(`puller:${password}`) })),
      digest: createHash("sha256").update(password).digest("hex"),
    };
    assert.deepEqual(said(passwordsOutside([release({ values })], [pullSecret()])), [
      sentence(
        'Release "app"',
        "values.plain (plain), values.list[0].login (base64), values.twice (base64, then base64), values.digest (SHA-256)",
      ),
    ]);
  });

  it("finds it in the inputs of a component, in a Secret's annotations and in a name", () => {
    const found = (...resources: Parameters<typeof passwordsOutside>[0]) =>
      said(passwordsOutside(resources, [pullSecret()]));
    assert.deepEqual(found(resource("fleet:index:Fleet", "fleet", { passwords: { "ghcr.io": password } })), [
      sentence('Fleet "fleet"', "passwords.ghcr.io (plain)"),
    ]);
    assert.deepEqual(found(secret({ metadata: { annotations: { last: password } } }, "copy")), [
      sentence('Secret "copy"', "metadata.annotations.last (plain)"),
    ]);
    assert.deepEqual(found(release({ values: { [password]: { a: "b", [`x-${password}`]: password } } })), [
      sentence('Release "app"', "values (plain), values.*** (plain), values.***.x-*** (plain)"),
    ]);
  });

  it("leaves the data of Secrets, the settings of providers and the login at a chart's registry alone", () => {
    const provider = resource("pulumi:providers:docker", "default", { registryAuth: [{ password }] });
    const copy = secret({ stringData: { token: password }, data: { token: base64(password) } }, "copy");
    const chart = release({ chart: "oci://ghcr.io/charts/app", repositoryOpts: { username: "puller", password } });
    assert.deepEqual(said(passwordsOutside([pullSecret(), provider, copy, chart], [pullSecret()])), []);
  });

  it("reads auth before password, as the kubelet does, and both types", () => {
    const auths = { "ghcr.io": { auth: base64(`puller:${password}`), password: "old" } };
    const place = release({ values: { a: password } });
    const forms: PlainMap[] = [
      { type: "kubernetes.io/dockerconfigjson", stringData: { ".dockerconfigjson": JSON.stringify({ auths }) } },
      { type: "kubernetes.io/dockercfg", data: { ".dockercfg": base64(JSON.stringify(auths)) } },
    ];
    for (const properties of forms) {
      assert.equal(passwordsOutside([place], [secret(properties)]).length, 1);
    }
  });

  it("compares a short password with whole values only", () => {
    const short = (value: string, shortest?: number) =>
      passwordsOutside([release({ values: { a: value } })], [pullSecret({}, "horse")], shortest).length;
    assert.deepEqual([short("horse"), short("horses"), short(base64("horse"))], [1, 0, 1]);
    assert.deepEqual([short("horses", 5), short("horses", 6)], [1, 0]);
  });

  it("finds a password of digits as a number, in each way that YAML reads it, and one that is a switch", () => {
    const found = (password: string, value: number | boolean) =>
      passwordsOutside([release({ values: { a: value } })], [pullSecret({}, password)]).length;
    assert.deepEqual(said(passwordsOutside([release({ values: { a: 31415926 } })], [pullSecret({}, "31415926")])), [
      sentence('Release "app"', "values.a (plain)"),
    ]);
    assert.equal(found("0031415926", 31415926), 1);
    assert.equal(found("12345678901234567890", Number("12345678901234567890")), 1);
    assert.equal(found("12345678e3", 12345678000), 1);
    assert.equal(found("31415926", 131415926), 1);
    assert.deepEqual([found("5432", 5432), found("5432", 15432), found("00000005", 5)], [1, 0, 0]);
    assert.deepEqual([found("true", true), found("true", false), found("", 0)], [1, 0, 0]);
  });

  it("never repeats a password in a message, whatever holds it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.constantFrom("values", "key", "both"), (text, where) => {
        const json = JSON.stringify({ auths: { [`host/${text}`]: { username: "a", password: text } } });
        const holder = pullSecret({ data: { ".dockerconfigjson": base64(json) } });
        const values = { [where === "values" ? "a" : text]: { b: where === "key" ? "c" : base64(text) } };
        const [message = "", ...more] = said(passwordsOutside([release({ values })], [holder]));
        assert.equal(more.length, 0);
        assert.match(message, /^Release "app" holds the password for /);
        const around = sentence('Release "app"', "its inputs, values.a.b (plain, base64, then base64)");
        for (const form of writtenForms(text).values())
          assert.ok(!message.includes(form) || around.includes(form), message);
      }),
    );
  });

  it("is content where there is nothing to find", () => {
    assert.deepEqual(said(passwordsOutside([release({ values: { a: "correct" } })], [pullSecret()])), []);
    assert.deepEqual(said(passwordsOutside([release({ values: { a: "" } })], [pullSecret({}, "")])), []);
  });

  it("says what a preview cannot search", () => {
    const lists = { imagePullSecrets: [{ name: unknown }], global: { imagePullSecrets: [unknown] } };
    const values = { ...lists, valkey: { imagePullSecrets: unknown }, environments: { A: unknown } };
    const job = resource("kubernetes:batch/v1:Job", "job", { metadata: { uid: unknown } });
    const random = pullSecret({ data: unknown }, "", "random");
    assert.deepEqual(said(unknownPlaces([random, release({ values }), job])), [
      '? data of Secret "random"',
      '? values.environments.A of Release "app"',
    ]);
    assert.deepEqual(said(unknownPlaces([release({ values })])), []);
  });
});
