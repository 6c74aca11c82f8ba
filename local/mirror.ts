import * as fs from "node:fs";
import * as path from "node:path";
import { noProxyFor } from "./support/no-proxy";
import { tryRun, type RunResult } from "../commands/process";
import { UserError } from "../components/user-error";

/** An image of a public registry, such as `library/mysql:8.4.6`, and the setting that names it. */
export interface PublicImage {
  readonly name: string;
  /** The configuration key, such as `fleet:mysqlImage`. */
  readonly key: string;
}

export interface Mirror {
  /** `host:port`. */
  readonly server: string;
  /** Certificate of the authority that signed the registry's. */
  readonly caFile: string;
  /** May push. */
  readonly username: string;
  readonly password: string;
  /** Where files are kept meanwhile; it exists. */
  readonly folder: string;
}

/** The registry that images are copied from, and the flags of skopeo that it takes. */
export interface Source {
  readonly server: string;
  readonly flags?: readonly string[];
}

const dockerHub: Source = { server: "docker.io" };

/** The image in the mirror: below the public registry's name, so that it never meets another image of the same name there. */
export const mirrored = (server: string, image: string) => `${server}/${dockerHub.server}/${image}`;

/**
 * Copies public images into a registry, the ones that it has already left out: a run that broke half-way is taken up again, and no
 * rate limit is spent twice.
 * @throws UserError when an image cannot be copied
 */
export async function mirrorImages(
  skopeo: string,
  images: readonly PublicImage[],
  to: Mirror,
  from: Source = dockerHub,
): Promise<void> {
  const folder = path.join(to.folder, "mirror");
  fs.mkdirSync(folder, { recursive: true });
  const leftovers = skopeoCache();
  try {
    const authFile = path.join(folder, "login.json");
    const auth = Buffer.from(`${to.username}:${to.password}`).toString("base64");
    fs.writeFileSync(authFile, JSON.stringify({ auths: { [to.server]: { auth } } }), { mode: 0o600 });
    const certificates = path.join(folder, "certificates");
    fs.mkdirSync(certificates, { recursive: true });
    fs.copyFileSync(to.caFile, path.join(certificates, "ca.crt"));
    const env = { ...noProxyFor(new URL(`https://${to.server}`).hostname), TMPDIR: folder };
    const call = (args: readonly string[]) => tryRun(skopeo, ["--insecure-policy", ...args], { env });

    for (const image of images) {
      const target = `docker://${mirrored(to.server, image.name)}`;
      const known = ["inspect", "--raw", "--authfile", authFile, "--cert-dir", certificates, target];
      if ((await call(known)).code === 0) continue;
      const source = `${from.server}/${image.name}`;
      const flags = [...(from.flags ?? []), "--dest-authfile", authFile, "--dest-cert-dir", certificates];
      const result = await call(["copy", "--quiet", ...flags, `docker://${source}`, target]);
      if (result.code !== 0) throw new UserError(whyNotCopied(source, image.key, result));
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
    for (const leftover of leftovers) fs.rmSync(leftover, { recursive: true, force: true });
  }
}

/** Where skopeo, as root, remembers which registry has which layer: of no use here, and nobody would take it away. */
function skopeoCache(): readonly string[] {
  return ["/var/lib/containers/cache", "/var/lib/containers"].filter((folder) => !fs.existsSync(folder));
}

type Cause = (server: string, key: string) => readonly [cause: string, fix: string];

/** Causes by skopeo's words, and what to do; the first that matches. */
const causes: readonly (readonly [RegExp, Cause])[] = [
  [
    /toomanyrequests|too many requests/i,
    (server) => [
      `the rate limit of ${server} is reached`,
      `log in with skopeo login ${server}, or wait, then run make local FLEET=real again`,
    ],
  ],
  [
    // A registry that does not tell a stranger what it has denies instead.
    /^initializing source [^]*reading manifest [^]*(unknown|denied|unauthorized|authentication required)/,
    (server, key) => [`${server} has no such image`, `set ${key} in Pulumi.dev.yaml to one that it has`],
  ],
  [
    /^initializing source [^]*(pinging container registry \S+: Get|dial tcp)/,
    (server) => [
      `this machine does not reach ${server}`,
      "open the network to it, or run make local without FLEET, which needs no public registry",
    ],
  ],
  [
    /EOF|connection reset|broken pipe|closed network connection/,
    () => ["the connection broke", "run make local FLEET=real again: it goes on where this ended"],
  ],
];

const unknownCause: Cause = () => ["skopeo failed", "run make local FLEET=real again, or make local without FLEET"];

function whyNotCopied(source: string, key: string, { stderr }: RunResult): string {
  const message = lastMessage(stderr);
  const server = source.slice(0, source.indexOf("/"));
  const [cause, fix] = (causes.find(([words]) => words.test(message))?.[1] ?? unknownCause)(server, key);
  // Without what skopeo was at, and without the local registry's address of an upload, which nobody can use.
  const said = message
    .replace(/^(initializing source \S+|writing blob): /, "")
    .replace(/^(Head|Patch|Post|Put) "[^"]*": /, "")
    .replaceAll(/\s*\n\s*/g, "; ");
  return `${source} could not be copied into the local registry: ${cause} (${said}); ${fix}.`;
}

/** What skopeo says in the last line of its log. */
function lastMessage(stderr: string): string {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  const message = /msg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  return message === undefined ? line : (JSON.parse(message) as string).trim();
}
