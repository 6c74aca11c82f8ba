import { Helm } from "./helm";
import { chartReference } from "./helm-chart";
import type { Operation, Result } from "./object-operations";
import type { ReadResult } from "./object-read";
import { importRelease } from "./release-import";
import { isObject, numberAt, Secret, stripAll, textAt, unknown, type Properties } from "./property-values";
import { findRelease, revisionOf, withStored, type StoredRelease } from "./release-storage";
import { decodeRelease, defaultTimeout, withNulls, type Release } from "./release-values";
import { NotReady } from "./rpc";
import { withSecretsOf, withUnknownsOf } from "./secrets";
import type { Session } from "./session";
import { idOf, parseId } from "./urn";

function checkpointRelease(inputs: Properties, release: Release, preview: boolean): Properties {
  const marked = withSecretsOf(inputs, withUnknownsOf(inputs, release));
  const outputs = preview ? { ...marked, resourceNames: unknown, status: unknown } : marked;
  return { ...outputs, __inputs: new Secret(stripAll(inputs)) };
}

const idOfRelease = (release: Release): string => idOf(textAt(release, "namespace"), textAt(release, "name"));

const flag = (release: Release, key: string, name: string): string[] => (release[key] === true ? [name] : []);

const option = (release: Release, key: string, name: string): string[] =>
  textAt(release, key) === "" ? [] : [name, textAt(release, key)];

function timeoutFlag(release: Release): string[] {
  return ["--timeout", `${numberAt(release, "timeout") || defaultTimeout}s`];
}

function sharedFlags(release: Release): string[] {
  return [
    ...timeoutFlag(release),
    ...(release.skipAwait === true ? [] : ["--wait", ...flag(release, "waitForJobs", "--wait-for-jobs")]),
    ...flag(release, "atomic", "--atomic"),
    ...flag(release, "dependencyUpdate", "--dependency-update"),
    ...flag(release, "renderSubchartNotes", "--render-subchart-notes"),
    ...option(release, "description", "--description"),
    ...option(release, "postrender", "--post-renderer"),
  ];
}

const installFlags = (release: Release): string[] => [
  ...sharedFlags(release),
  ...flag(release, "createNamespace", "--create-namespace"),
  ...flag(release, "disableOpenapiValidation", "--disable-openapi-validation"),
  ...flag(release, "disableWebhooks", "--no-hooks"),
  ...flag(release, "replace", "--replace"),
  ...flag(release, "skipCrds", "--skip-crds"),
];

const upgradeFlags = (release: Release): string[] => [
  ...sharedFlags(release),
  ...flag(release, "cleanupOnFail", "--cleanup-on-fail"),
  ...flag(release, "disableCRDHooks", "--no-hooks"),
  ...flag(release, "forceUpdate", "--force"),
  ...flag(release, "recreatePods", "--recreate-pods"),
  ...flag(release, "resetValues", "--reset-values"),
  ...flag(release, "reuseValues", "--reuse-values"),
  "--history-max",
  String(numberAt(release, "maxHistory")),
];

/** Runs an install or upgrade. A release that Helm made a revision of and could not bring up is kept, as failed. */
async function deploy(operation: Operation, release: Release, verb: "install" | "upgrade"): Promise<Deployed> {
  const { session } = operation;
  const { api } = session.requireCluster();
  const [namespace, name] = [textAt(release, "namespace"), textAt(release, "name")];
  const before = revisionOf(await findRelease(api, namespace, name));
  try {
    await Helm.with(session, async (helm) => {
      const reference = await chartReference(helm, release, session.folder);
      const values = await helm.write("values.json", release.values ?? {});
      if (verb === "upgrade" && release.lint === true) await helm.run(["lint", reference.name, "--values", values]);
      const flags = verb === "install" ? installFlags(release) : upgradeFlags(release);
      const where = ["--namespace", namespace, "--values", values];
      await helm.run([verb, name, reference.name, ...reference.flags, ...where, ...flags]);
    });
  } catch (error) {
    // The revision that failed: with `atomic` there is a later one, of the way back.
    const stored = await findRelease(api, namespace, name, before + 1).catch(() => undefined);
    const failure = error instanceof Error ? error : new Error(String(error));
    if (!stored) throw failure;
    return { stored, failure };
  }
  const stored = await findRelease(api, namespace, name);
  if (!stored) throw new Error(`Helm keeps nothing of release ${idOfRelease(release)}`);
  return { stored };
}

interface Deployed {
  readonly stored: StoredRelease;
  readonly failure?: Error;
}

export async function createRelease(operation: Operation, given: Properties): Promise<Result> {
  const { session, urn, preview } = operation;
  const release = decodeRelease(withNulls(stripAll(given)));
  if (preview) return { id: "", state: checkpointRelease(given, release, true) };
  const { stored, failure } = await deploy(operation, release, "install");
  const id = idOfRelease(release);
  const state = checkpointRelease(given, withStored(release, stored), false);
  if (!failure) return { id, state };
  session.about(urn).warn(`Helm release ${id} was created, but failed: ${failure.message}`);
  throw new NotReady(`Helm release ${id} was created, but failed to initialize: ${failure.message}`, [], id, state);
}

export async function updateRelease(operation: Operation, olds: Properties, news: Properties): Promise<Properties> {
  const release = decodeRelease(withNulls(stripAll(news)));
  if (operation.preview) return checkpointRelease(news, release, true);
  const before = decodeRelease(stripAll(olds));
  const { stored, failure } = await deploy(operation, { ...release, namespace: before.namespace ?? "" }, "upgrade");
  const state = checkpointRelease(news, withStored(release, stored), false);
  if (!failure) return state;
  const id = idOfRelease(release);
  throw new NotReady(`Helm release ${id} failed to initialize: ${failure.message}`, [], id, state);
}

export async function readRelease(session: Session, id: string, olds: Properties): Promise<ReadResult | undefined> {
  const { api } = session.requireCluster();
  const state = stripAll(olds);
  const isImport = Object.keys(state).length === 0;
  const known = decodeRelease(state);
  const { namespace, name } = isImport
    ? parseId(id)
    : { namespace: textAt(known, "namespace"), name: textAt(known, "name") };
  const stored = await findRelease(api, namespace || session.defaultNamespace, name);
  if (!stored) return undefined;
  const release = withStored(known, stored);
  const kept = olds.__inputs instanceof Secret && isObject(olds.__inputs.value) ? olds.__inputs.value : undefined;
  const adopted = kept ? undefined : await importRelease(session, release, stored);
  const inputs = kept ?? adopted?.inputs ?? {};
  return { id, inputs, state: checkpointRelease(inputs, adopted?.release ?? release, false) };
}

export async function deleteRelease(operation: Operation, _id: string, state: Properties): Promise<void> {
  const { session, urn } = operation;
  session.requireCluster();
  const release = decodeRelease(stripAll(state));
  const waits = release.atomic === true || release.skipAwait !== true;
  const flags = ["--namespace", textAt(release, "namespace"), ...(waits ? ["--wait", ...timeoutFlag(release)] : [])];
  const printed = await Helm.with(session, (helm) => helm.run(["uninstall", textAt(release, "name"), ...flags]));
  const kept = printed
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^release ".*" uninstalled$/.test(line))
    .join("\n");
  if (kept !== "") session.about(urn).warn(`helm uninstall: ${kept}`);
}
