import {
  hasSecret,
  isProperties,
  Secret,
  strip,
  unknown,
  Unknown,
  type Properties,
  type Value,
} from "./property-values";

const asSecret = (value: Value): Value => (value instanceof Secret ? value : new Secret(strip(value)));

/**
 * A copy of what an operation gave back, secret where its inputs are. A part of an array that is secret makes the whole
 * array secret, since the order may have changed. All data of a Secret is secret, whatever the inputs say.
 */
export function withSecretsOf(inputs: Properties, outputs: Properties): Properties {
  const marked = { ...outputs };
  if (outputs.kind === "Secret") {
    for (const key of ["data", "stringData"]) {
      const value = outputs[key];
      if (value !== undefined) marked[key] = asSecret(value);
    }
    return marked;
  }
  for (const [key, input] of Object.entries(inputs)) {
    const output = outputs[key];
    if (output === undefined) continue;
    if (isProperties(input) && isProperties(output)) marked[key] = withSecretsOf(input, output);
    else if (hasSecret(input)) marked[key] = asSecret(output);
  }
  return marked;
}

/** A copy in which everything is unknown that the inputs do not know yet. */
export function withUnknownsOf(inputs: Properties, outputs: Properties): Properties {
  const marked = { ...outputs };
  for (const [key, input] of Object.entries(inputs)) {
    const output = outputs[key];
    if (output !== undefined) marked[key] = unknownAs(input, output);
  }
  return marked;
}

function unknownAs(input: Value, output: Value): Value {
  if (input instanceof Secret) return unknownAs(input.value, output);
  if (input instanceof Unknown) return unknown;
  if (isProperties(input) && isProperties(output)) return withUnknownsOf(input, output);
  if (!Array.isArray(input) || !Array.isArray(output)) return output;
  return output.map((item, i) => (i < input.length ? unknownAs(input[i] ?? null, item) : item));
}
