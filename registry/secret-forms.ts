import { createHash } from "node:crypto";

/** A name, and what this way of writing makes of a text. */
type Writing = readonly [name: string, write: (text: string) => string];

/**
 * THE list of the ways in which something writes a text. Whatever looks for a secret or hides one goes by it: what is shown
 * of a registry's words, the policy pack, the search for leaks.
 */
const writings: readonly Writing[] = [
  ["URL-encoded", percentEncoded],
  ["URL-encoded, reserved characters too", (text) => percentEncoded(text).replace(/[!'()*]/g, percent)],
  ["form-encoded", (text) => new URLSearchParams({ a: text }).toString().slice(2)],
  ["JSON-escaped", jsonEscaped],
  // Go's encoder makes JSON that can stand in HTML.
  ["JSON-escaped for HTML", (text) => jsonEscaped(text).replace(/[<>&]/g, unicodeEscape)],
  ...[0, 1, 2].map((offset): Writing => [`base64 at offset ${offset}`, (text) => base64(text, offset)]),
];

/** Those in which nothing is written that is encoded once more. */
const lastWritings: readonly Writing[] = [
  ["URL-encoded in small letters", (text) => percentEncoded(text).replace(/%../g, (code) => code.toLowerCase())],
  ["JSON-escaped with slashes", (text) => jsonEscaped(text).replaceAll("/", "\\/")],
  ["JSON-escaped in ASCII", (text) => jsonEscaped(text).replace(/[^ -~]/g, unicodeEscape)],
  // What each escaper makes of quotes and more: Go, JavaScript, PHP, Python, XML, and those that go by OWASP's rules.
  ["HTML-escaped", htmlEscaper("&#34;", "&#39;")],
  ["HTML-escaped, &quot;", htmlEscaper("&quot;", "&#39;")],
  ["HTML-escaped, &#039;", htmlEscaper("&quot;", "&#039;")],
  ["HTML-escaped, &#x27;", htmlEscaper("&quot;", "&#x27;")],
  ["HTML-escaped, &apos;", htmlEscaper("&quot;", "&apos;")],
  ["HTML-escaped, &#x27; and &#x2F;", htmlEscaper("&quot;", "&#x27;", /\//g)],
  ["HTML-escaped, &#39;, &#x2F;, &#x60; and &#x3D;", htmlEscaper("&quot;", "&#39;", /[/`=]/g)],
  ...[0, 1, 2].map((offset): Writing => [`base64url at offset ${offset}`, (text) => base64Url(text, offset)]),
];

const hex = (character: string, digits: number) => character.charCodeAt(0).toString(16).padStart(digits, "0");
const percent = (character: string) => `%${hex(character, 2).toUpperCase()}`;
const unicodeEscape = (codeUnit: string) => `\\u${hex(codeUnit, 4)}`;

function percentEncoded(text: string): string {
  // Of what is no Unicode nothing can be made.
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd"));
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function htmlEscaper(quote: string, apostrophe: string, others = /$^/g): (text: string) => string {
  const references: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", '"': quote, "'": apostrophe };
  return (text) =>
    text
      .replaceAll("&", "&amp;")
      .replace(/[<>"']/g, (found) => references[found] ?? found)
      .replace(others, (found) => `&#x${hex(found, 2).toUpperCase()};`);
}

/** Inside a longer text, base64 depends on where the secret begins; its outermost digits belong to its neighbours too. */
function base64(text: string, offset: number): string {
  const bytes = Buffer.from(text);
  const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

const base64Url = (text: string, offset: number): string =>
  base64(text, offset).replaceAll("+", "-").replaceAll("/", "_");

/**
 * Every text that gives a secret away, with a name for how it is written: `plain`, `base64 at offset 1`, a hash. Each text is
 * there once, by its simplest name.
 */
export function writtenForms(secret: string): ReadonlyMap<string, string> {
  const digest = createHash("sha256").update(secret);
  const once = writings.map(([name, write]): [string, string] => [name, write(secret)]);
  // JSON inside JSON, as in annotations; base64 of base64, as in the data of a pull Secret.
  const twice = writings
    .filter(([outer]) => /^(JSON|base64)/.test(outer))
    .flatMap(([outer, write]) => once.map(([name, text]): [string, string] => [`${name}, then ${outer}`, write(text)]));
  const all: readonly (readonly [name: string, text: string])[] = [
    ["plain", secret],
    ["SHA-256", digest.copy().digest("hex")],
    ["SHA-256 in base64", digest.digest("base64")],
    ...once,
    ...lastWritings.map(([name, write]): [string, string] => [name, write(secret)]),
    ...twice,
  ];
  const forms = new Map<string, string>();
  const texts = new Set<string>([""]);
  for (const [name, text] of all) {
    if (!texts.has(text)) forms.set(name, text);
    texts.add(text);
  }
  return forms;
}
