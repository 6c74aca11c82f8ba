import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as yaml from "yaml";
import { explainStack, type ExplainOptions, type StackCoverage } from "../../commands/explain/explain-stack";
import { foundText } from "../../commands/coverage";
import { checkout } from "../../local/support/paths";
import { findHelm, findKubectl } from "../../local/toolchain/kubernetes-clients";
import { run, tryRun, type RunResult } from "../../commands/process";

/** The chart that brings pods in every way. */
export const podsChart = "./test/fixtures/charts/pods";

/** As long as real ciphertext, and nothing that anybody could decrypt. */
export const ciphertext = {
  secure: `v1:${Buffer.alloc(12).toString("base64")}:${Buffer.alloc(32).toString("base64")}`,
};

/** A stack with nothing but the chart's pods; its datastores are elsewhere. */
export const smallStack: Readonly<Record<string, unknown>> = {
  "fleet:chart": podsChart,
  "fleet:imageTag": "v4.85.0",
  "fleet:database": { address: "mysql.example.com:3306", secretName: "mysql" },
  "fleet:cache": { address: "redis.example.com:6379" },
  "fleet:privateKeySecret": { secretName: "fleet", key: "private-key" },
  "fleet:pullCheck": false,
};

/** Writes a stack's file with an encrypted password for each of its registries. Resolves to its path. */
export function writeStackFile(folder: string, config: Readonly<Record<string, unknown>>): string {
  const registries = Object.keys(config["fleet:registries"] ?? {});
  const passwords = Object.fromEntries(registries.map((server) => [server, ciphertext]));
  const file = path.join(folder, "Pulumi.test.yaml");
  const whole = { ...config, ...(registries.length > 0 && { "fleet:registryPasswords": passwords }) };
  fs.writeFileSync(file, yaml.stringify({ config: whole }));
  return file;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Without a cluster, a passphrase or a login: none is needed. */
const environment: Variables = {
  KUBECONFIG: os.devNull,
  PULUMI_CONFIG_PASSPHRASE: undefined,
  PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
  NO_COLOR: "1",
};

const [node, ...args] = [process.execPath, "--require", "./preload.js", "local/explain.ts"] as const;

/** Runs the command as `make explain` does, with `STACK` and its like as variables. */
export function runExplain(variables: Variables): Promise<RunResult> {
  return tryRun(node, args, { cwd: checkout, env: { ...environment, ...variables } });
}

/** How long a run, which has to succeed, keeps a processor busy, with all the processes that it starts. */
export async function processorSeconds(variables: Variables): Promise<number> {
  const script = '"$@" >/dev/null || exit; times';
  const env = { ...environment, ...variables };
  const times = await run("sh", ["-c", script, "sh", node, ...args], { cwd: checkout, env });
  // Of the shell and, in the second line, of all others: `0m1.234s 0m0.567s`.
  const [user = NaN, system = NaN] = (times.trim().split("\n")[1] ?? "").split(" ").map((time) => {
    const [minutes = NaN, seconds = NaN] = time.split("m").map(parseFloat);
    return 60 * minutes + seconds;
  });
  return user + system;
}

/** What is said to a stack of this configuration, on a cluster with nothing in it. */
export async function explainConfig(
  config: Readonly<Record<string, unknown>>,
  options: Partial<ExplainOptions> = { cluster: emptyCluster },
): Promise<StackCoverage> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "explain-test-"));
  try {
    return await explainStack(
      { findHelm, findKubectl },
      { stack: "test", configFile: writeStackFile(folder, config), ...options },
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The same, with what is found as it is printed. */
export async function explainText(...args: Parameters<typeof explainConfig>) {
  const { images, problems, warnings, notes } = await explainConfig(...args);
  return {
    images,
    problems: problems.map(foundText),
    warnings: warnings.map(foundText),
    notes: notes.map(foundText),
  };
}

/** A cluster that brings nothing to a stack. */
export const emptyCluster = { serviceAccounts: [], secrets: [] };

export function parse({ stdout, stderr }: RunResult): StackCoverage {
  if (stdout === "") throw new Error(`it printed nothing for machines:\n${stderr}`);
  return JSON.parse(stdout) as StackCoverage;
}

/** Each image as `workload container[ role]: what it is pulled with`. */
export function pulls({ images }: Pick<StackCoverage, "images">): readonly string[] {
  return images.map(({ workload, container, role, outcome, credentials: [first] }) => {
    const name = role === "container" ? container : `${container} (${role})`;
    return `${workload} ${name}: ${first === undefined ? outcome : `${first.registry} ${first.username}`}`;
  });
}
