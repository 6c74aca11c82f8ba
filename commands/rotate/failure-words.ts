import { foreignText } from "../../registry/foreign-text";
import type { RunResult } from "../process";

/** Why a command failed, in Pulumi's own words; never empty. */
export function failureWords({ code, stdout, stderr }: RunResult): readonly string[] {
  const told = [...diagnostics(stdout), ...stderr.split("\n")]
    .map((line) => foreignText(line.replace(/^\s*(error: )?/, "").trimEnd(), 1000))
    .filter((line) => !/^(|update failed|preview failed|update canceled|an unhandled error occurred:.*)$/.test(line));
  const words = [...new Set(told)];
  return words.length > 0 ? words : [`pulumi ended with exit code ${code}`];
}

/** The errors below `Diagnostics:`, each with the lines that continue it; headings and warnings are left out. */
function diagnostics(stdout: string): string[] {
  const lines = stdout.split("\n");
  const start = lines.indexOf("Diagnostics:");
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex((line) => /^\S/.test(line));
  let inError = false;
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).filter((line) => {
    if (/^ {2}\S/.test(line)) inError = false;
    if (/^ {4}\S/.test(line))
      inError = /^ {4}error: /.test(line) || (inError && !/^ {4}(warning|info|debug): /.test(line));
    return inError;
  });
}
