import * as fs from "node:fs";
import * as path from "node:path";
import * as zlib from "node:zlib";

/** Helm's own limit for a chart that is unpacked (`MaxDecompressedChartSize`), in bytes. */
const largest = 100 * 1024 * 1024;

const block = 512;

/**
 * The text of a chart's Chart.yaml.
 *
 * @param chart a folder, or an archive (`.tgz`)
 * @throws Error for what is none, or larger than Helm takes
 */
export function readChartYaml(chart: string): string {
  const stats = fs.statSync(chart);
  if (stats.isDirectory()) return fs.readFileSync(path.join(chart, "Chart.yaml"), "utf8");
  // A pipe or a device may never end.
  if (!stats.isFile() || stats.size > largest) throw new Error("no file, or too large");
  return chartYamlIn(zlib.gunzipSync(fs.readFileSync(chart), { maxOutputLength: largest }));
}

/** A tar archive is a sequence of 512-byte blocks: a header with name and octal size, then the content. */
function chartYamlIn(tar: Buffer): string {
  for (let offset = 0; offset + block <= tar.length;) {
    const field = (start: number, length: number) =>
      tar.toString("latin1", offset + start, offset + start + length).replace(/\0.*$/s, "");
    const size = field(124, 12).trim();
    // Not parseInt, which reads "-1000" too: with that the archive would have no end.
    if (!/^[0-7]*$/.test(size)) throw new Error("an entry without a size");
    const length = parseInt(size, 8) || 0;
    if (/^[^/]+\/Chart\.yaml$/.test(field(0, 100)))
      return tar.toString("utf8", offset + block, offset + block + length);
    offset += block + Math.ceil(length / block) * block;
  }
  throw new Error("no Chart.yaml");
}
