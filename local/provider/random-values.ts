import { randomBytes, randomInt } from "node:crypto";

import { numberAt, textAt, type Json, type JsonObject } from "./property-values";

export interface RandomKind {
  /** What a program may set. A change of any means a new value. */
  readonly inputs: readonly string[];
  readonly defaults: JsonObject;
  readonly outputs: readonly string[];
}

const textKind: RandomKind = {
  inputs:
    "keepers length lower minLower minNumeric minSpecial minUpper number numeric overrideSpecial special upper".split(
      " ",
    ),
  defaults: {
    lower: true,
    minLower: 0,
    minNumeric: 0,
    minSpecial: 0,
    minUpper: 0,
    number: true,
    numeric: true,
    special: true,
    upper: true,
  },
  outputs: ["result"],
};

const kinds: Readonly<Record<string, RandomKind>> = {
  "random:index/randomPassword:RandomPassword": textKind,
  "random:index/randomString:RandomString": textKind,
  "random:index/randomBytes:RandomBytes": {
    inputs: ["keepers", "length"],
    defaults: {},
    outputs: ["base64", "hex"],
  },
  "random:index/randomId:RandomId": {
    inputs: ["byteLength", "keepers", "prefix"],
    defaults: {},
    outputs: ["b64Std", "b64Url", "dec", "hex"],
  },
};

export function randomKindOf(type: string): RandomKind {
  const kind = kinds[type];
  if (kind) return kind;
  throw new Error(`the stand-in provider does not serve ${type}; install the official random plugin to use it`);
}

export const isSecretOutput = (type: string, key: string): boolean =>
  key === "base64" || (key === "hex" && type.endsWith(":RandomBytes")) || type.endsWith(":RandomPassword");

export interface RandomValue {
  readonly id: string;
  readonly outputs: JsonObject;
}

/**
 * Makes a value. As with the official provider, the ID of a `RandomBytes` is the bytes themselves, and an ID is never
 * encrypted in a state: keys belong in a `RandomPassword`.
 */
export function makeRandom(type: string, settings: JsonObject): RandomValue {
  if (type.endsWith(":RandomBytes")) {
    const bytes = randomBytes(numberAt(settings, "length"));
    const base64 = bytes.toString("base64");
    return { id: base64, outputs: { base64, hex: bytes.toString("hex") } };
  }
  if (type.endsWith(":RandomId")) {
    const bytes = randomBytes(numberAt(settings, "byteLength"));
    const url = bytes.toString("base64url");
    const forms: Record<string, string> = {
      b64Std: bytes.toString("base64"),
      b64Url: url,
      dec: BigInt(`0x${bytes.toString("hex")}`).toString(),
      hex: bytes.toString("hex"),
    };
    const prefix = textAt(settings, "prefix");
    const prefixed = Object.entries(forms).map(([key, form]) => [key, `${prefix}${form}`] as const);
    return { id: url, outputs: Object.fromEntries(prefixed) };
  }
  const result = randomText(settings);
  return { id: type.endsWith(":RandomPassword") ? "none" : result, outputs: { result } };
}

function randomText(settings: JsonObject): string {
  const special = textAt(settings, "overrideSpecial") || "!@#$%&*()-_=+[]{}<>:?";
  const isOn = (...keys: string[]) => keys.every((key) => settings[key] !== false);
  const alphabets: readonly (readonly [on: boolean, least: Json | undefined, characters: string])[] = [
    [isOn("lower"), settings.minLower, "abcdefghijklmnopqrstuvwxyz"],
    [isOn("upper"), settings.minUpper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    [isOn("number", "numeric"), settings.minNumeric, "0123456789"],
    [isOn("special"), settings.minSpecial, special],
  ];
  const all = alphabets.map(([on, , characters]) => (on ? characters : "")).join("");
  const length = numberAt(settings, "length");
  if (all === "" || length < 1) throw new Error("a random text needs a length of at least 1, and characters to choose");
  const pick = (from: string, count: number) => Array.from({ length: count }, () => from[randomInt(from.length)] ?? "");
  const least = alphabets.flatMap(([, count, characters]) => pick(characters, typeof count === "number" ? count : 0));
  if (least.length > length)
    throw new Error(`a length of ${length} is less than the least numbers of characters asked`);
  const characters = [...least, ...pick(all, length - least.length)];
  for (let i = characters.length - 1; i > 0; i--) {
    const other = randomInt(i + 1);
    [characters[i], characters[other]] = [characters[other] ?? "", characters[i] ?? ""];
  }
  return characters.join("");
}
