import { isObject } from "../components/plain-values";
import { isIssue } from "../registry/issue";
import { parseServer } from "../registry/server";
import { shownKey } from "../registry/shown-key";
import type { ConfigReader, Entries } from "./reader";
import { setPasswordCommand } from "./set-commands";

type Found = readonly (readonly [server: string, value: unknown])[];

/** What each map has for a server, and the command that sets it. */
const maps = {
  registries: {
    isEntry: (value: unknown) => isObject(value) && "username" in value,
    command: (server: string) => `pulumi config set --path 'registries[${shownKey(server)}].username' NAME`,
  },
  registryPasswords: { isEntry: (value: unknown) => typeof value === "string", command: setPasswordCommand },
} as const;

/**
 * Refuses a server that was taken apart: `pulumi config set --path registries.ghcr.io.username` goes down one map at each dot, and makes
 * `ghcr: {io: {username: …}}` of it. Returned as it was meant, so that nothing else is said of it.
 */
export function joinServers(
  reader: ConfigReader,
  map: keyof typeof maps,
  entries: Entries | undefined,
): Entries | undefined {
  const { isEntry, command } = maps[map];
  return (
    entries &&
    Object.fromEntries(
      Object.entries(entries).flatMap(([key, value]): Found => {
        const found = isEntry(value) || key.includes(".") ? [] : below(key, value, isEntry);
        const [first] = found;
        if (first === undefined) return [[key, value]];
        const place = `${map}[${shownKey(key)}]`;
        const servers = found.map(([server]) => shownKey(server)).join(", ");
        reader.refuse(
          place,
          "malformed",
          `is a part of ${servers}: without brackets, --path takes a server apart at its dots`,
          `run pulumi config rm --path '${place}', and ${command(first[0])}`,
        );
        return found;
      }),
    )
  );
}

function below(key: string, value: unknown, isEntry: (value: unknown) => boolean): Found {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]): Found => {
    // Whoever writes a ciphertext by hand makes such a map too.
    if (name === "secure") return [];
    const server = `${key}.${name}`;
    if (!isEntry(inner)) return below(server, inner, isEntry);
    return isIssue(parseServer(server)) ? [] : [[server, inner]];
  });
}
