/** What a file's content has to have. */
export interface Checksum {
  readonly algorithm: "sha256" | "sha512";
  /** In lower case. */
  readonly hex: string;
}

function asChecksum(hex: string): Checksum | undefined {
  if (!/^[0-9a-f]+$/i.test(hex)) return undefined;
  // By length; SHA-1 and MD5 are no proof.
  const algorithm = ({ 64: "sha256", 128: "sha512" } as const)[hex.length];
  return algorithm === undefined ? undefined : { algorithm, hex: hex.toLowerCase() };
}

/**
 * A file's checksum in a text as `sha256sum` and its like write it: lines of `hex  name` or `hex *name`, the name with a
 * folder or without; or nothing but hex. `undefined` where there is none, or only a weaker one.
 *
 * @param file its name without a folder
 */
export function checksumInText(text: string, file: string): Checksum | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const [only = "", ...more] = lines.filter((line) => line !== "");
  if (more.length === 0 && !/\s/.test(only)) return asChecksum(only);
  for (const line of lines) {
    const [, hex = "", name] = /^(\S+)\s+\*?(\S+)$/.exec(line) ?? [];
    if (name?.split("/").at(-1) === file) return asChecksum(hex);
  }
  return undefined;
}

/** A file's checksum in GitHub's answer about a release; `undefined` for a file from before GitHub made any. */
export function checksumInGithubRelease(json: string, file: string): Checksum | undefined {
  try {
    const { assets } = JSON.parse(json) as { assets?: readonly { name?: unknown; digest?: unknown }[] };
    const digest = assets?.find(({ name }) => name === file)?.digest;
    return typeof digest === "string" && digest.startsWith("sha256:") ? asChecksum(digest.slice(7)) : undefined;
  } catch {
    return undefined;
  }
}
