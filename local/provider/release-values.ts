import { isObject, textAt, Unknown, type Json, type JsonObject } from "./property-values";

/** One release as the state has it: every field is there, with its zero value where the program says nothing. */
export type Release = JsonObject;

const zero: Release = {
  allowNullValues: false,
  atomic: false,
  chart: "",
  cleanupOnFail: false,
  createNamespace: false,
  dependencyUpdate: false,
  description: "",
  devel: false,
  disableCRDHooks: false,
  disableOpenapiValidation: false,
  disableWebhooks: false,
  forceUpdate: false,
  keyring: "",
  lint: false,
  name: "",
  namespace: "",
  postrender: "",
  recreatePods: false,
  renderSubchartNotes: false,
  replace: false,
  resetValues: false,
  reuseValues: false,
  skipAwait: false,
  skipCrds: false,
  timeout: 0,
  values: {},
  verify: false,
  version: "",
  waitForJobs: false,
};
const optional = ["maxHistory", "resourceNames", "status"];
const noRepository: JsonObject = { caFile: "", certFile: "", keyFile: "", password: "", repo: "", username: "" };

/** Reads a release from inputs or state. Fields that it does not have, such as `compat`, are dropped. */
export function decodeRelease(properties: JsonObject): Release {
  if (Array.isArray(properties.valueYamlFiles) && properties.valueYamlFiles.length > 0) {
    throw new Error("the stand-in provider does not read valueYamlFiles; use values");
  }
  const release: Release = {};
  for (const [key, value] of Object.entries(zero)) {
    const given = properties[key];
    release[key] = typeof given === typeof value && given !== null && given !== undefined ? given : value;
  }
  for (const key of optional) {
    const given = properties[key];
    if (given !== undefined && given !== null) release[key] = given;
  }
  const { repositoryOpts } = properties;
  if (isObject(repositoryOpts)) {
    const known = Object.entries(repositoryOpts).filter(([key, value]) => key in noRepository && value !== null);
    release.repositoryOpts = { ...noRepository, ...Object.fromEntries(known) };
  }
  return release;
}

/** A release without what only its outputs have. */
export function inputsOf(release: Release): JsonObject {
  const inputs = { ...release };
  delete inputs.resourceNames;
  delete inputs.status;
  return inputs;
}

/** Seconds for one operation, unless the program says otherwise. */
export const defaultTimeout = 300;

/** Completes what the program left out. */
export function withDefaults(properties: JsonObject, namespace: string, home: string): JsonObject {
  const completed = { ...properties };
  if (textAt(properties, "namespace") === "" && isAbsentOrText(properties.namespace)) completed.namespace = namespace;
  if (properties.skipAwait !== true && properties.timeout === undefined) completed.timeout = defaultTimeout;
  if (properties.verify === true && textAt(properties, "keyring") === "") {
    completed.keyring = `${home}/.gnupg/pubring.gpg`;
  }
  return completed;
}

const isAbsentOrText = (value: Json | undefined): boolean => value === undefined || typeof value === "string";

/** Merges two maps of values: the second wins. */
export function mergeValues(a: Json | undefined, b: Json | undefined): JsonObject {
  const merged: JsonObject = isObject(a) ? { ...a } : {};
  if (!isObject(b)) return merged;
  for (const [key, value] of Object.entries(b)) {
    const old = merged[key];
    merged[key] = isObject(value) && isObject(old) ? mergeValues(old, value) : value;
  }
  return merged;
}

/** What is not known yet is left out of what Helm sees; it comes back with `withUnknownsOf`. */
export function withNulls(inputs: JsonObject): JsonObject {
  const known = (value: Json): Json => {
    if (value instanceof Unknown) return null;
    if (Array.isArray(value)) return value.map(known);
    return isObject(value) ? withNulls(value) : value;
  };
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, known(value)]));
}
