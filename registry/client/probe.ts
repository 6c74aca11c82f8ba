import { type ImageReference, parseImageReference } from "../image-reference";
import { isIssue } from "../issue";
import { checkCaCertificate } from "./certificate-authority";
import { HttpClient } from "./http-client";
import { askForImage } from "./image-probe";
import { type Login, usable } from "./login";
import type { Push } from "./push-right";
import { RegistrySession } from "./registry-session";
import { takeTurns, type Turn } from "./turns";
import { Stopped, type Verdict } from "./verdict";

export { checkCaCertificate } from "./certificate-authority";
export type * from "./verdict";

/** One image that will be pulled. */
export interface ProbeTarget {
  /** An image reference (image-reference.ts). */
  readonly image: string;
  /** What the kubelet would try first (keyring.ts). @default anonymous */
  readonly login?: Login;
}

export interface ProbeOptions {
  /** Certificates of a private authority in PEM form, trusted besides the public ones; checked by `checkCaCertificate`. */
  readonly caCertificate?: string;
  /** For one request with its redirects. @default 10000 */
  readonly timeoutMs?: number;
  /** Also ask what the login may do beyond pulling. @default false */
  readonly leastPrivilege?: boolean;
  /** What no word of an answer may repeat besides the passwords: usernames that are secret. @default nothing */
  readonly secrets?: readonly string[];
}

export interface ProbeResult {
  /** As in the target. */
  readonly image: string;
  /** Host and port of the image's registry; `docker.io` for Docker Hub; empty for an image reference that is none. */
  readonly registry: string;
  /** `***` where it is, or has in it, a password of this run: DigitalOcean's tokens are both. */
  readonly username?: string;
  readonly verdict: Verdict;
  /**
   * Whether the login may push to the image's repository, where that was asked for and there is a login. `unknown`: the
   * registry has no token service (Basic), its tokens cannot be read, or it refused the login.
   */
  readonly push?: Push;
}

/** Never rejects. */
async function probe(
  session: RegistrySession,
  image: string,
  reference: ImageReference,
  login: Login | undefined,
  asksForPush: boolean,
): Promise<ProbeResult> {
  const { registry } = reference;
  const isSecret = login !== undefined && session.client.secrets.areIn(login.username);
  const result = { image, registry, ...(login && { username: isSecret ? "***" : login.username }) };
  try {
    return { ...result, ...(await askForImage(session, reference, login, asksForPush)) };
  } catch (error) {
    const push: { push?: Push } = login !== undefined && asksForPush ? { push: "unknown" } : {};
    if (error instanceof Stopped) return { ...result, verdict: error.verdict, ...push };
    // Not the error's text: what was sent may stand in it.
    const detail = `could not be asked (${error instanceof Error ? error.name : "no error"})`;
    return { ...result, verdict: { kind: "failing", host: registry, from: "registry", detail }, ...push };
  }
}

async function probeAll(
  session: RegistrySession,
  targets: readonly ProbeTarget[],
  asksForPush: boolean,
): Promise<readonly ProbeResult[]> {
  const results: ProbeResult[] = [];
  const anonymous: Promise<void>[] = [];
  const turns: Turn[] = [];
  targets.forEach(({ image, login: given }, i) => {
    const reference = parseImageReference(image);
    if (isIssue(reference)) {
      results[i] = { image, registry: "", verdict: { kind: "invalid-image", problem: reference.sentence } };
      return;
    }
    // What needs no credential is asked at once, whoever's turn it is; who needs the answer gets its error too.
    session.firstAnswer(reference).catch(() => undefined);
    const login = usable(given);
    const ask = async () => {
      results[i] = await probe(session, image, reference, login, asksForPush);
    };
    if (login === undefined) anonymous.push(ask());
    else turns.push({ registry: reference.registry, login, ask });
  });
  await takeTurns(turns, ({ registry, login }) => session.standing(registry, login));
  await Promise.all(anonymous);
  return results;
}

/**
 * Asks registries whether images can be pulled, as containerd would before a pull: `HEAD` of the manifest, then what its
 * answer asks for: the token service, or the login. Only reads, and only questions; a manifest is never fetched from Docker
 * Hub, where that counts as a pull. Registries and accounts are asked at once, and nothing twice; a login that is refused is
 * sent no second time. The proxy comes from the environment (`HTTPS_PROXY`, `NO_PROXY`), never for this machine itself.
 * Plain HTTP is spoken with this machine alone.
 *
 * Never rejects: every failure is a verdict. No password and no token is in any result.
 *
 * @returns in the order of the targets
 */
export async function probeRegistries(
  targets: readonly ProbeTarget[],
  { caCertificate, timeoutMs = 10_000, leastPrivilege = false, secrets = [] }: ProbeOptions = {},
): Promise<readonly ProbeResult[]> {
  if (targets.length === 0) return [];
  // An authority that cannot be read is as good as none; whether to go on with it is for the caller to say.
  const authority =
    caCertificate === undefined || checkCaCertificate(caCertificate) !== undefined ? {} : { caCertificate };
  const passwords = [...targets.flatMap(({ login }) => login?.password.reveal() ?? []), ...secrets].filter(
    (text) => text !== "",
  );
  const client = await HttpClient.open({ ...authority, timeoutMs, passwords });
  try {
    return await probeAll(new RegistrySession(client), targets, leastPrivilege);
  } finally {
    client.close();
  }
}
