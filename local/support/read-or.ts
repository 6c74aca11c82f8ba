import { readFileSync } from "node:fs";

/** A file's text, or something else where it cannot be read. */
export function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}
