import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";

import { namespaceOf, suffix, withMetadata, withName } from "./metadata";
import { kindOf } from "./kinds";
import { normalize } from "./normalize";
import { isObject, stripAll, textAt, unknown, type JsonObject, type Properties } from "./property-values";
import { withSecretsOf } from "./secrets";
import type { Session } from "./session";
import { parseUrn } from "./urn";

/** What the engine proposes for names (`pulumi:autonaming` in a project's or stack's file). */
export interface Naming {
  readonly seed: Uint8Array;
  readonly proposed?: string;
  readonly disabled: boolean;
}

export function namingOf(request: CheckRequest): Naming {
  const { Mode } = CheckRequest.AutonamingOptions;
  const options = request.getAutonaming();
  return {
    seed: request.getRandomseed_asU8(),
    proposed: options?.getMode() === Mode.DISABLE ? undefined : options?.getProposedName(),
    disabled: options?.getMode() === Mode.DISABLE,
  };
}

const managedByLabel = "app.kubernetes.io/managed-by";

/** Completes a program's inputs: a name, a namespace, and the form that the API server keeps. */
export function checkObject(
  session: Session,
  urn: string,
  olds: Properties,
  news: Properties,
  naming: Naming,
): Properties {
  const { type, name } = parseUrn(urn);
  const kind = kindOf(type);
  const isNew = Object.keys(olds).length === 0;
  const oldInputs = stripAll(olds);
  let inputs = withName(normalize(stripAll(news)), isNew ? undefined : oldInputs, () => {
    if (naming.disabled) throw new Error("autonaming is disabled, so .metadata.name must be set");
    return naming.proposed ?? `${name}-${suffix(naming.seed)}`;
  });
  if (!isNew) inputs = keepManagedByLabel(inputs, oldInputs);
  if (textAt(inputs, "metadata", "generateName") !== "" && textAt(inputs, "metadata", "name") === "") {
    throw new Error(".metadata.generateName cannot be used with server-side apply");
  }
  if (kind.namespaced && session.defaultNamespace !== "" && namespaceOf(inputs) === "") {
    inputs = withMetadata(inputs, "namespace", session.defaultNamespace);
  }
  return withSecretsOf(news, inputs);
}

// Objects made before server-side apply carry this label; taking it away would be a change that nobody asked for.
function keepManagedByLabel(inputs: JsonObject, oldInputs: JsonObject): JsonObject {
  const metadata = isObject(oldInputs.metadata) ? oldInputs.metadata : {};
  const old = isObject(metadata.labels) ? metadata.labels[managedByLabel] : undefined;
  if (old !== "pulumi" && old !== unknown) return inputs;
  const labels = isObject(inputs.metadata) ? (inputs.metadata.labels ?? {}) : {};
  return isObject(labels) ? withMetadata(inputs, "labels", { ...labels, [managedByLabel]: "pulumi" }) : inputs;
}
