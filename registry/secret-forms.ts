import { createHash } from "node:crypto";

/** A name and the ways in which something writes a text: a URL, JSON, base64 at each of its three alignments. */
const writings: readonly (readonly [string, (text: string) => string])[] = [
  ["URL-encoded", encodeURIComponent],
  ["URL-encoded, reserved characters too", (text) => encodeURIComponent(text).replace(/[!'()*]/g, percent)],
  ["form-encoded", (text) => new URLSearchParams({ a: text }).toString().slice(2)],
  ["JSON-escaped", (text) => JSON.stringify(text).slice(1, -1)],
  // Go's encoder makes JSON that can stand in HTML.
  ["JSON-escaped for HTML", (text) => JSON.stringify(text).slice(1, -1).replace(/[<>&]/g, unicodeEscape)],
  ...[0, 1, 2].map((offset) => [`base64 at offset ${offset}`, (text: string) => base64(text, offset)] as const),
];

const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
const unicodeEscape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Inside a longer text, base64 depends on where the secret begins; its outermost digits belong to its neighbours too. */
function base64(text: string, offset: number): string {
  const bytes = Buffer.from(text);
  const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

/** The forms in which a secret could stand in a text, with a name for each. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const digest = createHash("sha256").update(secret);
  const forms = new Map([
    ["plain", secret],
    ["SHA-256", digest.copy().digest("hex")],
    ["SHA-256 in base64", digest.digest("base64")],
  ]);
  for (const [name, write] of writings) {
    const once = write(secret);
    forms.set(name, once);
    // JSON inside JSON, as in annotations; base64 of base64, as in the data of a pull Secret.
    for (const [outer, writeAgain] of writings) {
      if (/^(JSON|base64)/.test(outer)) forms.set(`${name}, then ${outer}`, writeAgain(once));
    }
  }
  return forms;
}
