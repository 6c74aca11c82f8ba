import type { Json } from "./property-values";

const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

/**
 * A Kubernetes quantity in its canonical form, as the API server gives it back: `1024Mi` is `1Gi`, `0.5` is `500m`.
 * What is no quantity, and what is too fine for its suffix, is left as it is.
 */
export function canonicalQuantity(value: Json): Json {
  if (typeof value !== "string" && typeof value !== "number") return value;
  const parts = /^([+-]?)(\d*)\.?(\d*)([EPTGMk]|[KMGTPE]i|[num]|[eE][+-]?\d+)?$/.exec(String(value).trim());
  if (!parts || `${parts[2]}${parts[3]}` === "") return value;
  const [, sign = "", whole = "", fraction = "", suffix = ""] = parts;
  const digits = BigInt(`${whole}${fraction}`);
  const amount = suffix.endsWith("i") ? inBinary(digits, fraction, suffix) : inDecimal(digits, fraction, suffix);
  if (amount === undefined) return value;
  return `${sign === "-" && amount !== "0" ? "-" : ""}${amount}`;
}

function inBinary(digits: bigint, fraction: string, suffix: string): string | undefined {
  const scale = 10n ** BigInt(fraction.length);
  let amount = digits * 1024n ** BigInt(binary.indexOf(suffix));
  if (amount % scale !== 0n) return undefined;
  amount /= scale;
  let power = 0;
  while (amount !== 0n && amount % 1024n === 0n && power < binary.length - 1) {
    amount /= 1024n;
    power += 1;
  }
  // Below 1024 the binary form has no suffix to show.
  return `${amount}${binary[power] ?? ""}`;
}

function inDecimal(digits: bigint, fraction: string, suffix: string): string | undefined {
  const exponent = /^[eE](.+)$/.exec(suffix)?.[1];
  if (exponent !== undefined) return undefined; // stays in exponent form
  const scale = 10n ** BigInt(fraction.length);
  let amount = digits * 1000n ** BigInt(decimal.indexOf(suffix));
  if (amount % scale !== 0n) return undefined;
  amount /= scale;
  let power = 0;
  while (amount !== 0n && amount % 1000n === 0n && power < decimal.length - 1) {
    amount /= 1000n;
    power += 1;
  }
  return `${amount}${amount === 0n ? "" : (decimal[power] ?? "")}`;
}
