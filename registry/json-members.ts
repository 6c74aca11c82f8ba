/**
 * JSON with every member of an object kept, also those that `JSON.parse` drops because their name comes again: Go's
 * encoding/json, and so the kubelet, looks at each of them in turn.
 */
export type Json =
  | { readonly kind: "object"; readonly members: readonly (readonly [string, Json])[] }
  | { readonly kind: "array" | "number" | "boolean" | "null" }
  | { readonly kind: "string"; readonly value: string };

/** Go refuses JSON that is nested deeper (encoding/json, `maxNestingDepth`). */
const maxDepth = 10_000;

interface Frame {
  readonly members: [string, Json][] | undefined;
  name: string | undefined;
}

/** `undefined`: it is no JSON. */
export function parseJsonMembers(text: string): Json | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let root: Json | undefined;
  const open: Frame[] = [];
  const add = (value: Json) => {
    const frame = open.at(-1);
    if (frame === undefined) root = value;
    else if (frame.members !== undefined) frame.members.push([frame.name ?? "", value]);
    if (frame !== undefined) frame.name = undefined;
  };
  // The text is known to be JSON, so colons and commas carry nothing that the order of the tokens does not.
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]|[^\s[\]{}:,"]+/g)) {
    const frame = open.at(-1);
    if (token === "{") {
      const members: [string, Json][] = [];
      add({ kind: "object", members });
      open.push({ members, name: undefined });
    } else if (token === "[") {
      add({ kind: "array" });
      open.push({ members: undefined, name: undefined });
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (token.startsWith('"')) {
      // A lone surrogate becomes U+FFFD, as in Go.
      const value = Buffer.from(JSON.parse(token) as string).toString();
      if (frame?.members !== undefined && frame.name === undefined) frame.name = value;
      else add({ kind: "string", value });
    } else {
      add({ kind: token === "null" ? "null" : token === "true" || token === "false" ? "boolean" : "number" });
    }
    if (open.length > maxDepth) return undefined;
  }
  return root;
}
