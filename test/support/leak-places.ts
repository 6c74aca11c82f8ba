import * as fs from "node:fs";
import * as path from "node:path";
import * as zlib from "node:zlib";
import { kubectl, runKubectl } from "../../local/session";
import { checkout } from "../../local/support/paths";
import type { KubernetesObject } from "./objects";
import { session } from "./session";
import type { TestStack } from "./test-stack";

/*
 * Where a secret is searched: every collector gives names of places and the text there. The tests that expect nothing and
 * those that plant a secret on purpose call the same ones.
 */

const pullSecret = "kubernetes.io/dockerconfigjson";
const helmSecret = "helm.sh/release.v1";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Every file below a folder that was written since a time, by its path in it; compressed ones as what is inside. */
export function filesIn(folder: string, since = 0): Map<string, string> {
  const places = new Map<string, string>();
  for (const file of filesBelow(folder)) {
    const text = unlessGone(() => (fs.statSync(file).ctimeMs < since ? undefined : textOf(file)));
    if (text !== undefined) places.set(path.relative(folder, file), text);
  }
  return places;
}

/**
 * The files below a folder, or the file itself. Those of a checkout are left out: one that lies in the system's folder for
 * temporary files is none, and it holds a cluster.
 */
export function* filesBelow(folder: string): Generator<string> {
  const found = unlessGone(() => fs.lstatSync(folder));
  if (found?.isFile() === true) yield folder;
  if (found?.isDirectory() !== true) return;
  const names = unlessGone(() => fs.readdirSync(folder)) ?? [];
  if (folder === checkout || names.includes(".git")) return;
  for (const name of names) yield* filesBelow(path.join(folder, name));
}

function textOf(file: string): string {
  const content = fs.readFileSync(file);
  return (content[0] === 0x1f && content[1] === 0x8b ? zlib.gunzipSync(content) : content).toString();
}

/** Others make and remove temporary files all the time. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The releases that Helm keeps in the namespace: base64 of gzipped JSON, which Kubernetes encodes once more. */
export async function helmReleases(stack: TestStack): Promise<Map<string, string>> {
  const secrets = await stack.objects<KubernetesObject>("secrets", `--field-selector=type=${helmSecret}`);
  return new Map(
    secrets.map(({ metadata, data }) => {
      const once = Buffer.from(data?.release ?? "", "base64").toString();
      return [metadata.name, zlib.gunzipSync(Buffer.from(once, "base64")).toString()];
    }),
  );
}

/**
 * Every object of the namespace, of whatever kind, and every event of the cluster; without what is meant to hold a
 * password: the data of pull Secrets, and kubectl's copy of those that `kubectl apply` made.
 */
export async function kubernetesObjects(stack: TestStack): Promise<Map<string, string>> {
  const listed = await runKubectl(session(), ["api-resources", "--namespaced", "--verbs=list", "--output=name"]);
  const kinds = listed.split("\n").filter((kind) => kind !== "");
  const objects = await stack.objects<KubernetesObject>(kinds.join(","));
  const events = await kubectl<{ items: KubernetesObject[] }>(session(), ["get", "events", "--all-namespaces"]);
  return new Map(
    [...objects, ...events.items].map((object) => [
      `${object.kind} ${object.metadata.name}`,
      JSON.stringify(object.type === pullSecret ? withoutCredential(object) : object),
    ]),
  );
}

function withoutCredential(object: KubernetesObject): object {
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(([key]) => key !== lastApplied);
  return { ...object, data: undefined, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } };
}
