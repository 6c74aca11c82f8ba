import { isObject, stripAll, type JsonObject, type Properties } from "./property-values";
import { withSecretsOf } from "./secrets";

const initialApiVersionKey = "__initialApiVersion";
const fieldManagerKey = "__fieldManager";

export interface Origin {
  readonly initialApiVersion: string;
  readonly fieldManager: string;
}

/**
 * What the state keeps of an object: the object as the API server has it, beside the inputs that made it.
 * @param given the inputs with their secret marks
 */
export function checkpoint(inputs: JsonObject, live: JsonObject, given: Properties, origin: Origin): Properties {
  return {
    ...withSecretsOf(given, live),
    __inputs: withSecretsOf(given, inputs),
    [initialApiVersionKey]: origin.initialApiVersion,
    [fieldManagerKey]: origin.fieldManager,
  };
}

export interface Checkpoint {
  readonly inputs: JsonObject;
  readonly live: JsonObject;
}

export function parseCheckpoint(state: Properties): Checkpoint {
  const { __inputs: inputs, ...live } = stripAll(state);
  return { inputs: isObject(inputs) ? inputs : {}, live };
}

export const initialApiVersionOf = (state: Properties, inputs: JsonObject): string => {
  const kept = state[initialApiVersionKey];
  if (typeof kept === "string") return kept;
  return typeof inputs.apiVersion === "string" ? inputs.apiVersion : "";
};

export const fieldManagerOf = (state: Properties): string | undefined => {
  const kept = state[fieldManagerKey];
  return typeof kept === "string" ? kept : undefined;
};
