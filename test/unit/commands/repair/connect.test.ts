import assert from "node:assert/strict";
import * as os from "node:os";
import { UserError } from "../../../../components/user-error";
import type { RunResult } from "../../../../commands/process";
import { Repair } from "../../../../commands/repair/repair";
import type { RepairRequest } from "../../../../commands/repair/request";
import { Pulumi } from "../../../../commands/rotate/pulumi";

/** In the words of the command line, 3.200 to 3.218. */
const notSet = (key: string): RunResult => ({
  code: 255,
  stdout: "",
  stderr: `error: configuration key '${key.replace(/^fleet:/, "")}' not found for stack 'production'\n`,
});

/** A Pulumi whose stack has no resources, and these answers to `config get`. */
class FakePulumi extends Pulumi {
  readonly asked: string[] = [];

  constructor(private readonly answers: Readonly<Record<string, RunResult>>) {
    super(".");
  }

  override run([command, verb = "", key = ""]: readonly string[]): Promise<RunResult> {
    this.asked.push(`${command} ${verb}`);
    if (command === "stack") return Promise.resolve({ code: 0, stdout: '{"deployment":{}}', stderr: "" });
    return Promise.resolve(this.answers[key] ?? notSet(key));
  }
}

async function connect(answers: Readonly<Record<string, RunResult>>, request: Partial<RepairRequest> = {}) {
  const pulumi = new FakePulumi(answers);
  const clients = { findHelm: () => Promise.resolve(undefined), findKubectl: () => Promise.resolve("kubectl") };
  try {
    const work = await Repair.connect({ stack: "production", yes: false, ...request }, pulumi, clients);
    work.close();
    return { pulumi, told: work.namespace };
  } catch (error) {
    if (error instanceof UserError) return { pulumi, told: error.message };
    throw error;
  }
}

describe("make repair finds its cluster and namespace", () => {
  it("in the configuration, or where nothing is set by the defaults", async () => {
    assert.equal((await connect({})).told, "fleet");
    assert.equal((await connect({ "fleet:namespace": { code: 0, stdout: "team\n", stderr: "" } })).told, "team");
  });

  it("and goes to no other where the configuration cannot be read", async () => {
    const failed = { code: 255, stdout: "", stderr: "error: incorrect passphrase\n" };
    for (const key of ["kubernetes:kubeconfig", "kubernetes:context", "fleet:namespace"])
      assert.equal((await connect({ [key]: failed })).told, `pulumi config get ${key}: incorrect passphrase`);
  });

  it("and asks nothing where CONFIG_FILE is none", async () => {
    for (const configFile of [os.tmpdir(), "/nowhere/Pulumi.production.yaml"]) {
      const { pulumi, told } = await connect({}, { configFile });
      assert.equal(
        told,
        `CONFIG_FILE is ${configFile}, which is no file; name the stack's file, or leave it out for the one that Pulumi takes`,
      );
      assert.deepEqual(pulumi.asked, []);
    }
  });
});
