import * as pulumi from "@pulumi/pulumi";

/** Values of a Helm chart: JSON, with outputs as leaves where this program computes them. */
export interface Values {
  readonly [key: string]: unknown;
}

/** A map. An output is an object too, but a leaf of the values: what is in it is not known yet. */
export function isObject(value: unknown): value is Values {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Nothing where it is no map; `key:` with nothing after it is `null` in YAML. */
export const asObject = (value: unknown): Values => (isObject(value) ? value : {});

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Whether a value is an output, or comes later in some other way. */
export const isLater = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;
