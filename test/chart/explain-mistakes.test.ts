import { strict as assert } from "node:assert";
import * as path from "node:path";
import { stateDir } from "../../local/support/paths";
import { UserError } from "../../components/user-error";
import { explainConfig, runExplain, smallStack } from "../support/explain";

describe("make explain, where it cannot answer", function () {
  this.timeout("1m");

  /** The one sentence that it prints, on standard error; nothing is on standard output then. */
  async function sentenceOf(variables: Readonly<Record<string, string>>): Promise<string> {
    const { code, stdout, stderr } = await runExplain(variables);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.doesNotMatch(stderr, /\n\s+at /, "a stack trace");
    return stderr.trim();
  }
  const refusalOf = async (config: object) => {
    const error: unknown = await explainConfig({ ...smallStack, ...config }).catch((error: unknown) => error);
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  };

  it("names the stacks that there are", async () => {
    assert.equal(
      await sentenceOf({ STACK: "prod" }),
      "The stack prod has no Pulumi.prod.yaml; the stacks here are dev: make explain STACK=dev",
    );
  });

  it("says what to install where there is no Helm", async () => {
    const nowhere = path.join(stateDir, "no-such-folder");
    assert.equal(
      await sentenceOf({ STACK: "dev", PATH: nowhere, XDG_CACHE_HOME: nowhere }),
      "There is no Helm 3.14 or newer on PATH; install it, or build it with `make toolchain`, then: make explain STACK=dev",
    );
  });

  it("repeats what Helm says of a chart, in one line", async () => {
    const message = await refusalOf({ "fleet:values": { manifests: 1 } });
    assert.match(
      message,
      /^Helm cannot render the chart \.\/test\/fixtures\/charts\/pods: [^\n]*range can't iterate over 1$/,
    );
    assert.equal(
      await refusalOf({ "fleet:chart": "./test/fixtures/charts/none" }),
      "fleet:chart is not a Helm chart (./test/fixtures/charts/none); name a folder with a Chart.yaml or an archive (.tgz), relative to the project's folder",
    );
  });

  it("repeats what the program says of the configuration, all of it", async () => {
    const message = await refusalOf({
      "fleet:imageTag": "",
      "fleet:imagePullSecret": ["x"],
      "fleet:registries": { "*": { username: "puller" } },
    });
    assert.equal(
      message,
      [
        "fleet:imagePullSecret is not a key of this program; did you mean fleet:imagePullSecrets?",
        `fleet:registries["*"] matches no registry: a "*" stands for one part between dots; write as many parts as the host has: *.example.com`,
        "fleet:imageTag is not set; name a tag that your registry has: pulumi config set imageTag v4.85.0",
      ].join("\n"),
    );
  });

  it("says what is wrong with the request, all at once", async () => {
    assert.equal(
      await sentenceOf({ STACK: "st$ging", JSON: "yes" }),
      `STACK is "st$ging", which no stack is called; use letters, digits, "-", "_" and ".": make explain STACK=dev\n` +
        "JSON is yes; set JSON=1 to have JSON on standard output, or leave it out",
    );
  });
});
