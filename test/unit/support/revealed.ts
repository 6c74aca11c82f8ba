import { SecretText } from "../../../registry/secret-text";

type Revealed<T> = T extends SecretText ? string : T extends object ? { [Key in keyof T]: Revealed<T[Key]> } : T;

/** A value with each password in plain text, since no assertion sees what is in a `SecretText`. */
export function revealed<T>(value: T): Revealed<T> {
  if (value instanceof SecretText) return value.reveal() as Revealed<T>;
  if (Array.isArray(value)) return value.map(revealed) as Revealed<T>;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value as Revealed<T>;
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revealed<unknown>(one)])) as Revealed<T>;
}
