import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as zlib from "node:zlib";

/** The forms in which a secret could stand in a text, with a name for each. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const forms = new Map([
    ["plain", secret],
    ["URL-encoded", encodeURIComponent(secret)],
    ["JSON-escaped", JSON.stringify(secret).slice(1, -1)],
    ["SHA-256", createHash("sha256").update(secret).digest("hex")],
  ]);
  base64Forms(secret).forEach((once, i) => {
    forms.set(`base64 at offset ${i}`, once);
    // Kubernetes encodes what is base64 already.
    base64Forms(once).forEach((twice, j) => forms.set(`base64 of base64 at offset ${i}, ${j}`, twice));
  });
  return forms;
}

/** Inside a longer text, base64 depends on where the secret begins; its outermost digits belong to its neighbours too. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
}

/** Where a secret shows, as `place: form`; empty when it is nowhere. */
export function leaks(secret: string, places: ReadonlyMap<string, string>): string[] {
  const forms = formsOf(secret);
  return [...places].flatMap(([place, text]) =>
    [...forms].filter(([, form]) => text.includes(form)).map(([form]) => `${place}: ${form}`),
  );
}

/** Every file below a folder, by its path in it; compressed ones as what is inside. */
export function filesIn(folder: string): Map<string, string> {
  const places = new Map<string, string>();
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = fs.readFileSync(file);
    const text = content[0] === 0x1f && content[1] === 0x8b ? zlib.gunzipSync(content) : content;
    places.set(path.relative(folder, file), text.toString());
  }
  return places;
}

/** The content of a Helm release's Secret: base64 of gzipped JSON, which Kubernetes encodes once more. */
export function helmRelease(data: Readonly<Record<string, string>> | undefined): string {
  const once = Buffer.from(data?.release ?? "", "base64").toString();
  return zlib.gunzipSync(Buffer.from(once, "base64")).toString();
}
