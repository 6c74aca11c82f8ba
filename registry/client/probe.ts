import { parseImageReference } from "../image-reference";
import { checkCaCertificate } from "./certificate-authority";
import { HttpClient } from "./http-client";
import { ImageProbe, type Push } from "./image-probe";
import { type Login, usable } from "./login";
import { SharedQuestions } from "./shared-questions";
import { Stopped, type Verdict } from "./verdict";
import { isIssue } from "../issue";

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
}

export interface ProbeResult {
  /** As in the target. */
  readonly image: string;
  /** Host and port of the image's registry; `docker.io` for Docker Hub; empty for an image reference that is none. */
  readonly registry: string;
  readonly username?: string;
  readonly verdict: Verdict;
  /**
   * Whether the login may push to the image's repository, where that was asked for and there is a login. `unknown`: the
   * registry has no token service (Basic), its tokens cannot be read, or it refused the login.
   */
  readonly push?: Push;
}

async function probe(
  { image, login: given }: ProbeTarget,
  shared: SharedQuestions,
  asksForPush: boolean,
): Promise<ProbeResult> {
  const login = usable(given);
  const reference = parseImageReference(image);
  if (isIssue(reference)) {
    return { image, registry: "", verdict: { kind: "invalid-image", problem: reference.sentence } };
  }
  const { registry } = reference;
  const result = { image, registry, ...(login === undefined ? {} : { username: login.username }) };
  try {
    return { ...result, ...(await ImageProbe.ask(shared, reference, login, asksForPush)) };
  } catch (error) {
    const push: { push?: Push } = login !== undefined && asksForPush ? { push: "unknown" } : {};
    if (error instanceof Stopped) return { ...result, verdict: error.verdict, ...push };
    // Not the error's text: what was sent may stand in it.
    const detail = `could not be asked (${error instanceof Error ? error.name : "no error"})`;
    return { ...result, verdict: { kind: "failing", host: registry, from: "registry", detail }, ...push };
  }
}

/**
 * Asks registries whether images can be pulled, as containerd would before a pull: `GET /v2/`, the token service where
 * there is one, `HEAD` of the manifest. Only reads; a manifest is never fetched from Docker Hub, where that counts as a
 * pull. All are asked at once, and nothing twice. The proxy comes from the environment (`HTTPS_PROXY`, `NO_PROXY`),
 * never for this machine itself. Plain HTTP is spoken with this machine alone.
 *
 * Never rejects: every failure is a verdict. No password and no token is in any result.
 *
 * @returns in the order of the targets
 */
export async function probeRegistries(
  targets: readonly ProbeTarget[],
  { caCertificate, timeoutMs = 10_000, leastPrivilege = false }: ProbeOptions = {},
): Promise<readonly ProbeResult[]> {
  if (targets.length === 0) return [];
  // An authority that cannot be read is as good as none; whether to go on with it is for the caller to say.
  const authority =
    caCertificate === undefined || checkCaCertificate(caCertificate) !== undefined ? {} : { caCertificate };
  const passwords = targets.flatMap(({ login }) => login?.password ?? []).filter((password) => password !== "");
  const client = await HttpClient.open({ ...authority, timeoutMs, passwords });
  try {
    const shared = new SharedQuestions(client);
    return await Promise.all(targets.map((target) => probe(target, shared, leastPrivilege)));
  } finally {
    client.close();
  }
}
