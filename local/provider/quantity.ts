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
  if (/^[eE]/.test(suffix)) return value; // stays in exponent form
  const digits = BigInt(`${whole}${fraction}`);
  const amount = canonical(digits, 10n ** BigInt(fraction.length), suffix);
  if (amount === undefined) return value;
  return `${sign === "-" && amount !== "0" ? "-" : ""}${amount}`;
}

function canonical(digits: bigint, scale: bigint, suffix: string): string | undefined {
  if (!suffix.endsWith("i")) {
    const nano = digits * 1000n ** BigInt(decimal.indexOf(suffix));
    return nano % scale === 0n ? shortest(nano / scale, 1000n, decimal) : undefined;
  }
  const amount = digits * 1024n ** BigInt(binary.indexOf(suffix));
  // A part of a byte has no binary form.
  if (amount % scale === 0n) return shortest(amount / scale, 1024n, binary);
  const nano = amount * 1000n ** BigInt(decimal.indexOf(""));
  return nano % scale === 0n ? shortest(nano / scale, 1000n, decimal) : undefined;
}

/** The amount with the largest suffix that leaves a whole number. */
function shortest(amount: bigint, base: bigint, suffixes: readonly string[]): string {
  if (amount === 0n) return "0";
  let rest = amount;
  let power = 0;
  while (rest % base === 0n && power < suffixes.length - 1) {
    rest /= base;
    power += 1;
  }
  return `${rest}${suffixes[power] ?? ""}`;
}
