import { equal, isObject, Unknown, type Json, type JsonObject } from "./property-values";

export type Change = "add" | "delete" | "update";

export interface PropertyChange {
  readonly change: Change;
  /** The change needs a new object. */
  readonly replaces: boolean;
  /** The old value to show is that of the inputs, not of the state. */
  readonly ofInputs: boolean;
}

export type DetailedDiff = Map<string, PropertyChange>;

type Path = readonly (string | number)[];
type Maybe = Json | undefined;

interface Sides {
  readonly old: Maybe;
  readonly newInput: Maybe;
  readonly oldInput: Maybe;
}

/**
 * Names each property that a merge patch changes, as a path such as `values.imagePullSecrets[0].name`.
 * @param replacing paths such as `spec.template`, with dots
 */
export function detailedDiff(patch: JsonObject, sides: Sides, replacing: readonly string[]): DetailedDiff {
  const diff: DetailedDiff = new Map();
  addObject(diff, [], patch, sides, replacing, false);
  return diff;
}

const child = (value: Maybe, key: string): Maybe =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const childSides = (sides: Sides, key: string): Sides => ({
  old: child(sides.old, key),
  newInput: child(sides.newInput, key),
  oldInput: child(sides.oldInput, key),
});

function addObject(
  diff: DetailedDiff,
  path: Path,
  patch: JsonObject,
  sides: Sides,
  replacing: readonly string[],
  inArray: boolean,
): void {
  for (const [key, value] of Object.entries(patch)) {
    add(diff, [...path, key], value, childSides(sides, key), replacing, inArray);
  }
  // A merge patch replaces arrays whole, so that inside one a deleted key is simply not there.
  if (!inArray || !isObject(sides.old)) return;
  for (const key of Object.keys(sides.old).filter((old) => !Object.hasOwn(patch, old))) {
    add(diff, [...path, key], null, childSides(sides, key), replacing, inArray);
  }
}

function addArray(diff: DetailedDiff, path: Path, patch: Json[], sides: Sides, replacing: readonly string[]): void {
  const item = (value: Maybe, i: number): Maybe => (Array.isArray(value) ? (value[i] ?? null) : null);
  const old = Array.isArray(sides.old) ? sides.old : [];
  for (let i = 0; i < Math.max(patch.length, old.length); i++) {
    const itemSides = { old: old[i], newInput: item(sides.newInput, i), oldInput: item(sides.oldInput, i) };
    add(diff, [...path, i], patch[i] ?? null, itemSides, replacing, true);
  }
}

function add(
  diff: DetailedDiff,
  path: Path,
  value: Json,
  sides: Sides,
  replacing: readonly string[],
  inArray: boolean,
): void {
  const { old, newInput, oldInput } = sides;
  // Without a new input only a deletion counts, and only of what was an input: the rest is the server's.
  if (newInput === undefined && (value !== null || oldInput === undefined)) return;
  if (value !== null && old !== undefined) {
    if (isObject(value) && isObject(old)) return addObject(diff, path, value, sides, replacing, inArray);
    if (Array.isArray(value) && Array.isArray(old)) return addArray(diff, path, value, sides, replacing);
    if (equal(value, old)) return;
  }
  const deleted = value === null && !(newInput instanceof Unknown);
  const change = deleted ? "delete" : old === undefined ? "add" : "update";
  const replaces = replacing.some((field) => touches(path, value, field.split(".")));
  diff.set(printPath(path), { change, replaces, ofInputs: deleted });
}

/** Whether a value set at a path changes a field: the field is on the way to it, or inside it. */
function touches(path: Path, value: Json, field: readonly string[]): boolean {
  const shared = Math.min(path.length, field.length);
  for (let i = 0; i < shared; i++) if (path[i] !== field[i]) return false;
  let current: Maybe = value;
  for (const key of field.slice(path.length)) current = child(current, key);
  return current !== undefined;
}

function printPath(path: Path): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/[."[\]]/.test(key)) text += `["${key.replaceAll('"', '\\"')}"]`;
    else text += text === "" ? key : `.${key}`;
  }
  return text;
}

/** Removes what `ignoreChanges` names: a path, with `*` for any key or index, takes everything below it along. */
export function ignore(diff: DetailedDiff, ignored: readonly string[]): void {
  const patterns = ignored.map(parsePath);
  for (const key of [...diff.keys()]) {
    const path = parsePath(key);
    if (patterns.some((pattern) => pattern.every((part, i) => part === "*" || part === path[i]))) diff.delete(key);
  }
}

function parsePath(text: string): string[] {
  return [...text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) => quoted?.replaceAll('\\"', '"') ?? index ?? plain ?? "",
  );
}
