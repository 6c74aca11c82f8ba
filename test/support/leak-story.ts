import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerConfigJson } from "../../registry/docker-config";
import { removeRegistryUser, setRegistryUser } from "../../local/cluster";
import { passwordKey } from "../../local/session";
import { stateDir } from "../../local/support/paths";
import type { RunResult } from "../../commands/process";
import { filesIn } from "./leak-places";
import { ProcessSampler, type ProcessSample } from "./process-sampler";
import { SecretWatch } from "./secret-watch";
import { session } from "./session";
import { succeeded, TestStack } from "./test-stack";

/** New ones in each run: what another run left in the system's temporary folder is not this one's. */
const id = () => randomBytes(6).toString("hex");
const plain = () => `marker-${id()}`;
const pattern = () => `(marker.*)[${id()}]+?{2,} ^$|\\d '"<&>%2B$HOME\`€🔑`;
const base64Like = () => Buffer.from(`marker-${id()}`).toString("base64");

/** Passwords that no search can mistake for anything else, and that are hard to quote. */
export const markers = {
  "created, first": plain(),
  "created, second": pattern(),
  "created, wrong": base64Like(),
  "created, plain": plain(),
  "created, pattern": pattern(),
  "created, base64": base64Like(),
  "referenced, plain": plain(),
  "referenced, pattern": pattern(),
  "referenced, base64": base64Like(),
  "referenced, second": pattern(),
};

const referenced = { "team-plain": "referenced, plain", "team-pattern": "referenced, pattern" } as const;
const lastReferenced = "team-base64";

/** The registries that no image comes from: their passwords are kept, and never tried. */
const otherServers = {
  "plain.example.com": markers["created, plain"],
  "pattern.example.com": markers["created, pattern"],
  "base64.example.com": markers["created, base64"],
};

/** What a stack did with the markers, and all that could tell of them later. */
export interface LeakStory {
  readonly stack: TestStack;
  /** When it began, in milliseconds. */
  readonly start: number;
  /** What each Pulumi call printed. */
  readonly printed: ReadonlyMap<string, string>;
  /** Adds to what was printed. */
  readonly record: (name: string, result: RunResult) => RunResult;
  readonly samples: readonly ProcessSample[];
  /** What stood in a temporary file at some time, as `file: form`; `plantedNames` among them. */
  readonly watched: ReadonlySet<string>;
  /** The folder with the event logs of a preview and of `up`. */
  readonly events: string;
  remove(): Promise<void>;
}

/** Of this machine's cluster and providers. */
export const logFolder = () => path.dirname(session().cluster.registry.logFile);

/** Where `Stack` lets Pulumi keep temporary files. */
export const pulumiTemporary = path.join(stateDir, "tmp");

/** The state's files are compressed, and Pulumi takes `--event-log`. */
const compressedAndLogged = { PULUMI_SELF_MANAGED_STATE_GZIP: "true", PULUMI_DEBUG_COMMANDS: "true" };

/**
 * A first `up`, a rotation, and a wrong password that the preview and the pull check refuse. Processes and temporary files
 * are watched all the time.
 */
export async function tellLeakStory(): Promise<LeakStory> {
  const start = Date.now();
  const watch = new SecretWatch(Object.values(markers), [pulumiTemporary], [os.tmpdir()]);
  watch.start();
  const sampler = await ProcessSampler.start();
  const stack = await createStack();
  const events = path.join(path.dirname(stack.configFile), "events");
  fs.mkdirSync(events, { recursive: true });
  const printed = new Map<string, string>();
  const record = (name: string, result: RunResult) => {
    printed.set(name, `${result.stdout}\n${result.stderr}`);
    return result;
  };

  succeeded(record("up", await stack.up("--diff")));

  await stack.accept(markers["created, second"]);
  await stack.setPassword(markers["created, second"]);
  await applySecret(stack, lastReferenced, markers["referenced, second"]);
  succeeded(record("preview --diff --refresh of a rotation", await stack.preview("--diff", "--refresh")));
  const logged = (name: string) => `--event-log=${path.join(events, name)}`;
  const json = ["preview", "--json", "-v=3", ...stack.where, logged("preview")];
  succeeded(record("preview --json of a rotation", await stack.tryPulumi(json, { env: compressedAndLogged })));
  const up = ["up", "--yes", "--skip-preview", "--refresh", ...stack.where, logged("up")];
  succeeded(record("up of a rotation", await stack.tryPulumi(up, { env: compressedAndLogged })));

  // With no other Secret that has a good one.
  stack.edit((config) => delete config["fleet:imagePullSecrets"]);
  await stack.setPassword(markers["created, wrong"]);
  refused(record("refused preview", await stack.preview("--diff")));
  stack.edit((config) => {
    config["fleet:registryCheck"] = "off";
    config["fleet:pullCheckDeadlineSeconds"] = 15; // for the registry's answer, not for a second try
  });
  refused(record("refused up", await stack.up("--diff")));

  await plantForAMoment();
  watch.stop();
  const remove = async () => {
    await stack.remove();
    for (const name of [...Object.keys(referenced), lastReferenced]) await removeRegistryUser(accountOf(stack, name));
  };
  return { stack, start, printed, record, samples: await sampler.stop(), watched: watch.found, events, remove };
}

const plantedBy = { [pulumiTemporary]: "planted for Pulumi", [os.tmpdir()]: "planted for the system" };

/** The names of the files that were planted. */
export const plantedNames = Object.values(plantedBy).flatMap((by) =>
  Object.keys(markers).map((name) => `${by} (${name})`),
);

/** Puts every marker into a temporary file of its own, in each folder that is watched, and takes it away again. */
async function plantForAMoment(): Promise<void> {
  const folders = Object.entries(plantedBy).map(([parent, by]) => {
    const folder = fs.mkdtempSync(path.join(parent, "planted-"));
    for (const [name, marker] of Object.entries(markers))
      fs.writeFileSync(path.join(folder, `${by} (${name})`), JSON.stringify(marker));
    return folder;
  });
  await sleep(300);
  for (const folder of folders) fs.rmSync(folder, { recursive: true });
}

async function createStack(): Promise<TestStack> {
  const { server, caFile } = session().cluster.registry;
  const registries = [server, ...Object.keys(otherServers)];
  const stack = await TestStack.create("leaks", markers["created, first"], {
    "fleet:createNamespace": false,
    "fleet:imagePullSecrets": [...Object.keys(referenced), lastReferenced],
    "fleet:registries": Object.fromEntries(registries.map((name) => [name, { username: "puller-leaks" }])),
    "fleet:registryCheck": "enforce",
    "fleet:leastPrivilege": "warn",
    "fleet:registryCaCertificate": fs.readFileSync(caFile, "utf8"),
    "fleet:vulnProcessing": undefined,
  });
  for (const [name, marker] of Object.entries(otherServers))
    await stack.set(passwordKey({ server: name }), marker, true);
  succeeded(await stack.kubectl(["create", "namespace", stack.namespace]));
  for (const [name, marker] of Object.entries(referenced)) await applySecret(stack, name, markers[marker]);
  await applySecret(stack, lastReferenced, markers["referenced, base64"]);
  return stack;
}

const accountOf = (stack: TestStack, secret: string) => `${stack.username}-${secret}`;

/** A pull Secret of another team, and an account of the registry for it; kubectl keeps a copy of it in an annotation. */
async function applySecret(stack: TestStack, name: string, password: string): Promise<void> {
  const username = accountOf(stack, name);
  await setRegistryUser(username, password);
  const manifest = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": dockerConfigJson(session().cluster.registry.server, { username, password }) },
  };
  succeeded(await stack.kubectl(["apply", "-f", "-"], JSON.stringify(manifest)));
}

function refused({ code, stdout, stderr }: RunResult): void {
  assert.notEqual(code, 0, stdout);
  assert.match(`${stdout}\n${stderr}`, /401/);
}

/** The files of the state that were compressed. */
export const compressedFiles = (stack: TestStack) =>
  [...filesIn(stack.backend).keys()].filter((file) => file.endsWith(".gz"));
