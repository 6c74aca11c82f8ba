import * as fs from "node:fs";
import * as path from "node:path";
import { checkout } from "../../local/support/paths";

/** The programs of docs/library.md that are in a language. */
export function librarySnippets(language: string): readonly string[] {
  const text = fs.readFileSync(path.join(checkout, "docs", "library.md"), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(([, snippet = ""]) => snippet);
}
