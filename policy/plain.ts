/** A value that is known only once `pulumi up` has made what it comes from. */
export class Unknown {
  /** @param error what the SDK throws where a policy reads it */
  constructor(readonly error: Error) {}
}

/** A property of a resource as JSON, with what a preview does not know yet marked. */
export type Plain = string | number | boolean | null | Unknown | readonly Plain[] | PlainMap;

export interface PlainMap {
  readonly [key: string]: Plain;
}

export const isMap = (value: Plain | undefined): value is PlainMap =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

export const isList = (value: Plain | undefined): value is readonly Plain[] => Array.isArray(value);

/** What a map has under a key: nothing where it is no map, and unknown where it is unknown itself. */
export function member(value: Plain | undefined, key: string): Plain | undefined {
  if (value instanceof Unknown) return value;
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The SDK's class for it is not exported (`@pulumi/policy` 1.21.0, `proxy.js`). */
const isUnknownError = (error: unknown): error is Error =>
  error instanceof Error && error.constructor.name === "UnknownValueError";

/** Copies the properties that a policy is given, which throw where an unknown one is read. */
export function plain(properties: object): PlainMap {
  const read = (key: string): Plain => {
    try {
      return copy((properties as Readonly<Record<string, unknown>>)[key]);
    } catch (error) {
      if (isUnknownError(error)) return new Unknown(error);
      throw error;
    }
  };
  return Object.fromEntries(Object.keys(properties).map((key) => [key, read(key)]));
}

function copy(value: unknown): Plain {
  if (Array.isArray(value)) return Object.values(plain(value));
  if (typeof value === "object" && value !== null) return plain(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** Calls `visit` for each value below, maps and lists included, with its path: `values.envsFrom[0].name`. */
export function walk(value: Plain, path: string, visit: (value: Plain, path: string) => void): void {
  visit(value, path);
  if (isList(value)) value.forEach((item, i) => walk(item, `${path}[${i}]`, visit));
  else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) walk(item, path === "" ? key : `${path}.${key}`, visit);
  }
}
