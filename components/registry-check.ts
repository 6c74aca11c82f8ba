import { setPasswordCommand } from "./registry/credentials";
import type { DockerConfigEntry } from "./registry/docker-config";
import { lookUpCredentials, type PullSecret } from "./registry/keyring";
import { isMistake } from "./registry/problem";
import type { ProbeResult } from "./registry/probe";
import { refusal, uncertainty } from "./registry-answers";

/** A credential of a pull Secret. */
export interface PullCredential extends DockerConfigEntry {
  /** What to do when the registry refuses it. */
  readonly renew: string;
}

export interface RegistryCheckArgs {
  /** Every image that will be pulled. */
  readonly images: readonly string[];
  /** The pull Secrets in the order in which pods list them. */
  readonly secrets: readonly PullSecret<PullCredential>[];
  /**
   * Whether the registries are asked: a clear no is a problem with `enforce`, a warning with `warn`. What cannot be told
   * from this machine is never more than a warning, since the cluster may see what it does not. @default "enforce"
   */
  readonly registryCheck?: "enforce" | "warn" | "off";
  /** Whether a credential that may push is a problem, a warning, or not asked for. @default "warn" */
  readonly leastPrivilege?: "enforce" | "warn" | "off";
  /** Certificates of a private authority in PEM form, trusted besides the public ones. @default none */
  readonly caCertificate?: string;
}

/** Sentences: what must not go on, and what a person should know. */
export interface RegistryFindings {
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** One credential for one image, in the order in which the kubelet tries them. */
interface Attempt {
  readonly image: string;
  readonly credential: PullCredential;
}

/**
 * Asks each image's registry what the kubelet will be told: with each credential that the kubelet would try, in its order,
 * until one is accepted. Only questions, nothing is pulled or written; nothing is asked twice; no secret is in a finding.
 */
export async function checkRegistryAccess(args: RegistryCheckArgs): Promise<RegistryFindings> {
  const { registryCheck = "enforce", leastPrivilege = "warn" } = args;
  const refusals: string[] = [];
  const warnings: string[] = [];
  const attempts = new Map(args.images.map((image) => [image, attemptsFor(image, args.secrets)]));
  for (const [image, tried] of attempts) {
    if (tried.length > 0) continue;
    warnings.push(
      `${image} is pulled anonymously, since no credential is for its registry; where it needs one, add the registry to fleet:registries`,
    );
  }
  if (registryCheck === "off") return { refusals, warnings };

  // Loaded here, since it takes a tenth of a second that a preview without it need not wait for.
  const { probeRegistries } = await import("./registry/probe");
  const targets = [...attempts].flatMap(([image, tried]) =>
    tried.length === 0 ? [{ image }] : tried.map(({ credential }) => ({ image, login: credential })),
  );
  const results = await probeRegistries(targets, {
    leastPrivilege: leastPrivilege !== "off",
    ...(args.caCertificate !== undefined && { caCertificate: args.caCertificate }),
  });

  const say = (strict: boolean, image: string, problem: string, fix: string) =>
    (strict ? refusals : warnings).push(`${image} ${problem}; ${fix}`);
  for (const [image, tried] of attempts) {
    const answers = results.filter((result) => result.image === image);
    const accepted = answers.some(({ verdict }) => verdict.kind === "accepted");
    answers.forEach((answer, i) => {
      const refused = refusal(answer, tried[i]?.credential.renew);
      if (refused !== undefined) {
        // The kubelet goes on to the next credential; the pull works, and one Secret is wrong all the same.
        say(registryCheck === "enforce" && !accepted, image, refused.problem, refused.fix);
      } else if (!accepted) warnings.push(...uncertainty(answer));
      pushFinding(answer, leastPrivilege, say);
    });
  }
  return { refusals: [...new Set(refusals)], warnings: [...new Set(warnings)] };
}

function attemptsFor(image: string, secrets: readonly PullSecret<PullCredential>[]): readonly Attempt[] {
  const lookup = lookUpCredentials(image, secrets);
  return isMistake(lookup) ? [] : lookup.candidates.map(({ entry }) => ({ image, credential: entry }));
}

function pushFinding(
  { image, username, push }: ProbeResult,
  leastPrivilege: "enforce" | "warn" | "off",
  say: (strict: boolean, image: string, problem: string, fix: string) => void,
): void {
  if (push === "granted") {
    say(
      leastPrivilege === "enforce",
      image,
      `can be overwritten by ${username}, whose credential may push to its repository`,
      "use a pull-only token",
    );
  } else if (push === "unknown" && leastPrivilege === "enforce") {
    say(
      false,
      image,
      `may or may not be open to a push by ${username}: its registry does not tell`,
      "make sure that it may only pull",
    );
  }
}

/** Days before the end of a password's life in which a preview says so. */
const expiryNotice = 14;

/** A warning for each password that ends soon, or that should have ended: then the registry's own answer decides. */
export function expiryWarnings(
  registries: readonly { readonly key: string; readonly username: string; readonly expires?: string }[],
  today: Date,
): string[] {
  return registries.flatMap(({ key, username, expires }) => {
    if (expires === undefined) return [];
    const days = Math.ceil((Date.parse(expires) - today.getTime()) / 86_400_000); // both are UTC
    if (days > expiryNotice) return [];
    const ends = days < 0 ? "was to expire" : "expires";
    const when = days < 0 ? "the registry's own answer decides" : days === 1 ? "in 1 day" : `in ${days} days`;
    return [
      `The password of ${username} for ${key} ${ends} on ${expires}, ${when}; set a new one with ${setPasswordCommand(key)}`,
    ];
  });
}
