import type { SecretText } from "./secret-text";

/** When a password's life ends. */
export interface PasswordExpiry {
  /** The last day, `YYYY-MM-DD` (UTC). */
  readonly day: string;
  /** Whole days from now until then: 0 on the day itself, negative afterwards. */
  readonly days: number;
}

/**
 * The end of a password's life, of what is known: the day that a person wrote down, and the one that the password itself says.
 * The earlier one counts.
 *
 * @param expires `YYYY-MM-DD`
 */
export function passwordExpiry(
  { expires, password }: { readonly expires?: string; readonly password?: SecretText },
  now: Date,
): PasswordExpiry | undefined {
  const told = password === undefined ? undefined : expiryInPassword(password.reveal());
  const [day] = [expires, told].filter((one) => one !== undefined).sort();
  return day === undefined ? undefined : { day, days: Math.ceil((Date.parse(day) - now.getTime()) / 86_400_000) };
}

/**
 * The last day of a token that says when it ends: a JSON Web Token (RFC 7519, section 4.1.4: `exp`), or a login of Amazon ECR,
 * which is JSON with `expiration` in base64. Both are seconds since 1970. Its signature is not looked at: the registry decides.
 */
export function expiryInPassword(password: string): string | undefined {
  const parts = password.split(".");
  const seconds = parts.length === 3 ? jsonIn(parts[1])?.exp : jsonIn(password)?.expiration;
  // What is no time of this age is some other number.
  if (typeof seconds !== "number" || !(seconds > 1e9 && seconds < 1e10)) return undefined;
  return new Date(seconds * 1000).toISOString().slice(0, "YYYY-MM-DD".length);
}

function jsonIn(base64 = ""): Readonly<Record<string, unknown>> | undefined {
  if (!/^[\w+/-]+=*$/.test(base64)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
