import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { checkout } from "../../local/support/paths";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace: string }[];
}

describe("the account of deploy/ci-account.yaml", () => {
  it("leaves that of another namespace what it may: what binds it in the whole cluster is named after both", () => {
    const text = fs.readFileSync(path.join(checkout, "deploy/ci-account.yaml"), "utf8");
    const objects = yaml.parseAllDocuments(text).map((document) => document.toJS() as Manifest);
    const bindings = objects.filter(({ kind }) => kind === "ClusterRoleBinding");
    assert.equal(bindings.length, 1);
    for (const { metadata, subjects = [] } of bindings)
      for (const { name, namespace } of subjects)
        assert.ok(metadata.name.startsWith(`${namespace}:${name}:`), metadata.name);
  });
});
