import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as zlib from "node:zlib";
import { tryRun } from "../../commands/process";
import { filesIn, helmReleases, kubernetesObjects } from "./leak-places";
import { logFolder, pulumiTemporary, type LeakStory } from "./leak-story";
import { ProcessSampler, processPlaces } from "./process-sampler";
import { succeeded, type TestStack } from "./test-stack";

/** Puts passwords into one kind of place, and gives what its collector sees then. */
type Plant = (story: LeakStory, secrets: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Each kind of place that the tests search, with the collector that they use. */
export const plantIn: Readonly<Record<string, Plant>> = {
  "what a command prints": async ({ printed, record }, secrets) => {
    record("planted", await tryRun("cat", [], { input: secrets.join("\n") }));
    return printed;
  },
  "the state": ({ stack }, secrets) => file(path.join(stack.backend, ".pulumi", "stacks"), secrets, stack.backend),
  "a backup": ({ stack }, secrets) => file(path.join(stack.backend, ".pulumi", "backups"), secrets, stack.backend),
  "a compressed history": ({ stack }, secrets) =>
    file(path.join(stack.backend, ".pulumi", "history"), secrets, stack.backend, zlib.gzipSync),
  "an event log": ({ events }, secrets) => file(events, secrets),
  "a temporary file of Pulumi": ({ start }, secrets) =>
    file(pulumiTemporary, secrets, pulumiTemporary, undefined, start),
  "a temporary file of the system": ({ start }, secrets) => file(os.tmpdir(), secrets, os.tmpdir(), undefined, start),
  "a log": (_, secrets) => file(logFolder(), secrets),
  "a Helm release": async ({ stack }, secrets) => {
    const release = zlib.gzipSync(JSON.stringify({ config: { secrets } })).toString("base64");
    await create(stack, { kind: "Secret", type: "helm.sh/release.v1", stringData: { release } });
    return helmReleases(stack);
  },
  "an annotation": async ({ stack }, secrets) => {
    await create(
      stack,
      { kind: "ConfigMap" },
      Object.fromEntries(secrets.map((secret, i) => [`planted/${i}`, secret])),
    );
    return kubernetesObjects(stack);
  },
  "another Secret's data": async ({ stack }, secrets) => {
    await create(stack, { kind: "Secret", stringData: Object.fromEntries(secrets.entries()) });
    return kubernetesObjects(stack);
  },
  "an event of Kubernetes": async ({ stack }, secrets) => {
    const involvedObject = { kind: "Namespace", name: stack.namespace, namespace: stack.namespace };
    await create(stack, { kind: "Event", involvedObject, message: JSON.stringify(secrets) });
    return kubernetesObjects(stack);
  },
  "a command line": (_, secrets) => sampled(["sleep 0.5; true", ...secrets], {}),
  "an environment": (_, secrets) =>
    sampled(["sleep 0.5; true"], Object.fromEntries(secrets.map((secret, i) => [`PLANTED_${i}`, secret]))),
};

/** Writes a file into a folder, and takes it away once it was collected. */
function file(
  folder: string,
  secrets: readonly string[],
  collected = folder,
  write: (text: string) => string | Buffer = (text) => text,
  since?: number,
): Promise<ReadonlyMap<string, string>> {
  const planted = path.join(fs.mkdtempSync(path.join(folder, "planted-")), "secrets");
  try {
    fs.writeFileSync(planted, write(JSON.stringify(secrets)));
    return Promise.resolve(filesIn(collected, since));
  } finally {
    fs.rmSync(path.dirname(planted), { recursive: true });
  }
}

/** Makes an object, which goes with its namespace. */
async function create(
  stack: TestStack,
  object: object,
  annotations: Readonly<Record<string, string>> = {},
): Promise<void> {
  const metadata = { generateName: "planted-", annotations };
  succeeded(await stack.kubectl(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", metadata, ...object })));
}

/** Runs a shell below another shell, as a plugin's own child is. */
async function sampled(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const sampler = await ProcessSampler.start();
  await tryRun("sh", ["-c", 'sh -c "$@"; true', "sh", ...args], { env });
  return processPlaces(await sampler.stop());
}
