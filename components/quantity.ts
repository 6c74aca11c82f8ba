import type { Issue } from "../registry/issue";

const factors: Readonly<Record<string, number>> = {
  "": 1,
  ...Object.fromEntries(["k", "M", "G", "T", "P", "E"].map((suffix, i) => [suffix, 1000 ** (i + 1)])),
  ...Object.fromEntries(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((suffix, i) => [suffix, 1024 ** (i + 1)])),
};

/** What is wrong with the size of MySQL's volume: a quantity of Kubernetes (apimachinery `pkg/api/resource`), and enough for MySQL's own files. */
export function checkVolumeSize(size: string): Issue | undefined {
  const fix = "write a number and a unit, for example 10Gi";
  const [, number, suffix = ""] = /^(\d+(?:\.\d*)?|\.\d+)([EPTGMk]|[KMGTPE]i|[eE][+]?\d+)?$/.exec(size) ?? [];
  if (number === undefined) return { code: "malformed", sentence: "is not a quantity of Kubernetes", fix };
  const bytes =
    /^[eE]./.test(suffix) && suffix !== "Ei" ? Number(number + suffix) : Number(number) * (factors[suffix] ?? 1);
  return bytes < 1024 ** 3 ? { code: "malformed", sentence: "is less than MySQL needs, which is 1Gi", fix } : undefined;
}
