import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { contextWarnings } from "../../../preflight/kube-context";
import { issueText } from "../../../registry/issue";
import { SecretText } from "../../../registry/secret-text";

const kubeconfig = (context: string) => `apiVersion: v1\nkind: Config\ncurrent-context: ${context}\n`;

describe("the cluster of a stack that names no context", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kube-context-"));
  const file = (name: string, content: string) => {
    fs.writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const { KUBECONFIG, HOME } = process.env;
  const restore = (name: string, value: string | undefined) =>
    value === undefined ? delete process.env[name] : (process.env[name] = value);
  beforeEach(() => {
    delete process.env.KUBECONFIG;
    process.env.HOME = folder;
  });
  after(() => {
    restore("KUBECONFIG", KUBECONFIG);
    restore("HOME", HOME);
    fs.rmSync(folder, { recursive: true });
  });

  const told = (settings: { readonly context?: string; readonly kubeconfig?: string }, clusterUid?: string) => {
    const { kubeconfig, ...others } = settings;
    const given = { ...others, ...(kubeconfig !== undefined && { kubeconfig: new SecretText(kubeconfig) }) };
    return contextWarnings(given, clusterUid).map(issueText);
  };
  const sentence = (name: string, file: string, argument = name) =>
    `kubernetes:context is not set, so this goes to the cluster of ${name}, the current context of ${file}; ` +
    `if that is the one, say so: pulumi config set kubernetes:context ${argument}`;

  it("is the one of kubernetes:kubeconfig where that is a path, and of no other file", () => {
    const mine = file("mine", kubeconfig("production"));
    process.env.KUBECONFIG = file("other", kubeconfig("other"));
    assert.deepEqual(told({ kubeconfig: mine }), [sentence("production", mine)]);
    assert.deepEqual(told({ kubeconfig: path.join(folder, "none") }), []);
  });

  it("is the first that the files of KUBECONFIG name", () => {
    const files = [
      file("empty", ""),
      file("first", kubeconfig("arn:aws:eks:eu-1:1:cluster/a")),
      file("second", kubeconfig("b")),
    ];
    process.env.KUBECONFIG = ["", path.join(folder, "gone"), ...files].join(path.delimiter);
    assert.deepEqual(told({}), [sentence("arn:aws:eks:eu-1:1:cluster/a", files[1] ?? "")]);
  });

  it("is the one of the home directory where KUBECONFIG names none", () => {
    fs.mkdirSync(path.join(folder, ".kube"));
    const home = file(path.join(".kube", "config"), kubeconfig("my cluster"));
    process.env.KUBECONFIG = "";
    assert.deepEqual(told({}), [sentence("my cluster", home, "'my cluster'")]);
    fs.rmSync(home);
    assert.deepEqual(told({}), [], "the account of a pod");
  });

  it("is no question where the stack says a context, a cluster or a whole kubeconfig", () => {
    process.env.KUBECONFIG = file("any", kubeconfig("any"));
    assert.equal(told({}).length, 1);
    assert.deepEqual(told({ context: "production" }), []);
    assert.deepEqual(told({}, "uid"), []);
    assert.deepEqual(told({ kubeconfig: kubeconfig("inside") }), []);
  });

  it("is shown without what acts on a terminal", () => {
    const odd = file("odd", kubeconfig('"a\\u001b[31m\\n::error::b"'));
    const [text = ""] = told({ kubeconfig: odd });
    assert.doesNotMatch(text, /\p{Cc}/u);
    assert.ok(text.includes("a\\x1b[31m\\n::error::b"), text);
  });

  it("is nobody's business where a file is no kubeconfig", () => {
    for (const content of ["[", "7", "current-context: 7", "current-context: ''"]) {
      assert.deepEqual(told({ kubeconfig: file("bad", content) }), [], content);
    }
  });
});
