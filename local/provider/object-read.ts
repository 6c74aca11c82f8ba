import { AwaitFailure } from "./await";
import { checkpoint, fieldManagerOf, initialApiVersionOf, parseCheckpoint } from "./checkpoint";
import { apiPath, kindOf, type Kind } from "./kinds";
import { annotation, namespaceOf, skipsAwait, suffix, withMetadata } from "./metadata";
import { normalize } from "./normalize";
import { progressOf } from "./object-operations";
import { prune } from "./patch";
import { isObject, stripAll, type JsonObject, type Properties } from "./property-values";
import { NotReady } from "./rpc";
import { withSecretsOf } from "./secrets";
import type { Session } from "./session";
import { idOf, parseId, parseUrn } from "./urn";

export interface ReadResult {
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
}

/** Reads an object: for a refresh, with the inputs it was made from; for `.get` and `import`, with nothing but its ID. */
export async function readObject(
  session: Session,
  urn: string,
  id: string,
  state: Properties,
  given: Properties,
): Promise<ReadResult | undefined> {
  const kind = kindOf(parseUrn(urn).type);
  const { namespace, name } = parseId(id);
  if (name === "") throw new Error(`"${id}" is no ID: it has to be a name, or a namespace, a slash and a name`);
  const { api } = session.requireCluster();

  const inputs = normalize(stripAll(given));
  const isAdopted = typeof inputs.kind !== "string" && typeof parseCheckpoint(state).live.kind !== "string";
  const wanted = typeof inputs.kind === "string" ? inputs : identityOf(kind, inputs, namespace, name);
  const live = await api.find(apiPath(kind, namespaceOf(wanted), name));
  if (!live) return undefined;

  const liveInputs = isAdopted ? inputsOf(kind, live) : prune(live, wanted);
  const fieldManager =
    annotation(wanted, "pulumi.com/patchFieldManager") ||
    (fieldManagerOf(state) ?? `pulumi-kubernetes-${suffix(new Uint8Array())}`);
  const origin = { initialApiVersion: initialApiVersionOf(state, wanted), fieldManager };
  const result = (object: JsonObject): ReadResult => ({
    id: id || idOf(namespaceOf(object), name),
    state: checkpoint(liveInputs, object, given, origin),
    inputs: withSecretsOf(given, liveInputs),
  });
  if (isAdopted || skipsAwait(wanted)) return result(live);

  const log = session.about(urn);
  const look = progressOf({ api, kind, object: live, log, timeout: 0, cancelled: session.cancelled }, true);
  const progress = await look?.();
  if (!progress || progress.ready) return result(live);
  const failure = new AwaitFailure(`${id} exists, but is not ready`, progress.reasons, live);
  const read = result(live);
  throw new NotReady(failure.message, failure.reasons, read.id, read.state, read.inputs);
}

function identityOf(kind: Kind, inputs: JsonObject, namespace: string, name: string): JsonObject {
  const named = withMetadata({ ...inputs, apiVersion: kind.apiVersion, kind: kind.kind }, "name", name);
  return withMetadata(named, "namespace", namespace === "" ? undefined : namespace);
}

const setByOthers = new Set(["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"]);
const kubectlAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/** The inputs that would have made a live object. */
function inputsOf(kind: Kind, live: JsonObject): JsonObject {
  const fields = ["apiVersion", "kind", ...kind.fields].filter((field) => live[field] !== undefined);
  const inputs: JsonObject = Object.fromEntries(fields.map((field) => [field, live[field] ?? null]));
  if (!isObject(live.metadata)) return inputs;
  const metadata = Object.fromEntries(Object.entries(live.metadata).filter(([key]) => !setByOthers.has(key)));
  if (isObject(metadata.annotations)) {
    const annotations = Object.entries(metadata.annotations).filter(([key]) => key !== kubectlAnnotation);
    metadata.annotations = Object.fromEntries(annotations);
  }
  return { ...inputs, metadata };
}
