import { fromBytes } from "./go-url";

type Token = "*" | ((char: number) => boolean);

const code = (char: string): number => char.charCodeAt(0);

/** One character class; returns the index after its `]`, or `undefined` when it is malformed. */
function readClass(pattern: readonly number[], start: number): readonly [Token, number] | undefined {
  const ranges: (readonly [number, number])[] = [];
  const isEnd = (char: number | undefined) => char === undefined || char === code("-") || char === code("]");
  let i = start;
  while (ranges.length === 0 || pattern[i] !== code("]")) {
    const low = pattern[i++];
    let high = low;
    if (low === undefined || isEnd(low)) return undefined;
    if (pattern[i] === code("-")) {
      high = pattern[i + 1];
      i += 2;
    }
    if (high === undefined || (high !== low && isEnd(high)) || i >= pattern.length) return undefined;
    ranges.push([low, high]);
  }
  return [(char) => ranges.some(([low, high]) => low <= char && char <= high), i + 1];
}

function readTokens(pattern: string): readonly Token[] | undefined {
  const chars = Array.from(pattern, (char) => char.codePointAt(0) ?? 0);
  const tokens: Token[] = [];
  for (let i = 0; i < chars.length;) {
    const char = chars[i++];
    if (char === code("*")) {
      tokens.push("*");
    } else if (char === code("[")) {
      const found = readClass(chars, i);
      if (found === undefined) return undefined;
      tokens.push(found[0]);
      i = found[1];
    } else {
      tokens.push((other) => other === char);
    }
  }
  return tokens;
}

/**
 * Whether a label of a registry key's host matches the same label of an image's host, as Go's `filepath.Match` on Linux
 * does it. `?`, `\`, `[^` and, in a class, bytes that are no UTF-8 need no handling: no key with one of them in its host is
 * a URL to Go's net/url. A malformed pattern matches nothing, and the image's label is always ASCII.
 *
 * @param pattern a byte string (go-url.ts)
 */
export function matchesLabel(pattern: string, label: string): boolean {
  const tokens = readTokens(fromBytes(pattern));
  if (tokens === undefined) return false;
  // Only the last star need be tried again: an earlier one that takes more never helps.
  let token = 0;
  let char = 0;
  let star = -1;
  let starChar = 0;
  while (char < label.length) {
    const current = tokens[token];
    if (current === "*") {
      star = token++;
      starChar = char;
    } else if (current?.(label.charCodeAt(char)) === true) {
      token++;
      char++;
    } else if (star >= 0) {
      token = star + 1;
      char = ++starChar;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === "*");
}
