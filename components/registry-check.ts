import { setPasswordCommand } from "./registry/credentials";
import type { DockerConfigEntry } from "./registry/docker-config";
import { lookUpCredentials, type PullSecret } from "./registry/keyring";
import { isMistake } from "./registry/problem";
import type { ProbeResult } from "./registry/probe";
import { refusal, uncertainty, type Sentence } from "./registry-answers";

/** A credential of a pull Secret. */
export interface PullCredential extends DockerConfigEntry {
  /** What gives it a new password, as an order. */
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

/**
 * Asks each image's registry what the kubelet will be told: with each credential that the kubelet would try, in its order,
 * until one is accepted. Only questions, nothing is pulled or written; nothing is asked twice; no secret is in a finding.
 */
export async function checkRegistryAccess(args: RegistryCheckArgs): Promise<RegistryFindings> {
  const { registryCheck = "enforce", leastPrivilege = "warn" } = args;
  const findings = new Findings();
  const attempts = new Map(args.images.map((image) => [image, credentialsFor(image, args.secrets)]));
  if (registryCheck === "off") {
    for (const [image, tried] of attempts) if (tried.length === 0) findings.add(false, image, anonymous);
    return findings;
  }

  // Loaded here, since it takes a tenth of a second that a preview without it need not wait for.
  const { probeRegistries } = await import("./registry/probe");
  const targets = [...attempts].flatMap(([image, tried]) =>
    tried.length === 0 ? [{ image }] : tried.map((login) => ({ image, login })),
  );
  const results = await probeRegistries(targets, {
    leastPrivilege: leastPrivilege !== "off",
    ...(args.caCertificate !== undefined && { caCertificate: args.caCertificate }),
  });

  for (const [image, tried] of attempts) {
    const answers = results.filter((result) => result.image === image);
    const accepted = answers.some(({ verdict }) => verdict.kind === "accepted");
    // The kubelet goes on to the next credential, so the pull fails for certain only when each one is refused.
    const hopeless = answers.every((answer) => refusal(answer, undefined) !== undefined);
    answers.forEach((answer, i) => {
      const also = accepted ? ", and accepts another credential" : "";
      findings.add(registryCheck === "enforce" && hopeless, image, refusal(answer, tried[i]?.renew, also));
      if (!accepted) findings.add(false, image, uncertainty(answer));
      findings.add(
        leastPrivilege === "enforce" && answer.push === "granted",
        image,
        pushing(answer, tried[i], leastPrivilege),
      );
    });
    if (tried.length === 0 && !accepted && !hopeless) findings.add(false, image, anonymous);
  }
  return findings;
}

/** One sentence for all images that it is true of, in the order in which they were found. */
class Findings implements RegistryFindings {
  private readonly found = new Map<string, { strict: boolean; sentence: Sentence; images: Set<string> }>();

  add(strict: boolean, image: string, sentence: Sentence | undefined): void {
    if (sentence === undefined) return;
    const key = JSON.stringify([strict, sentence, ...(sentence.before === "" ? [image] : [])]);
    const one = this.found.get(key) ?? { strict, sentence, images: new Set() };
    one.images.add(image);
    this.found.set(key, one);
  }

  get refusals(): readonly string[] {
    return this.sentences(true);
  }

  get warnings(): readonly string[] {
    return this.sentences(false);
  }

  private sentences(wanted: boolean): readonly string[] {
    return [...this.found.values()]
      .filter(({ strict }) => strict === wanted)
      .map(({ sentence: { before, after }, images }) => `${before} ${[...images].join(", ")}${after}`.trimStart());
  }
}

const anonymous: Sentence = {
  before: "",
  after:
    " is pulled anonymously, since no credential is for its registry; " +
    "where it needs one, add the registry to fleet:registries",
};

function credentialsFor(image: string, secrets: readonly PullSecret<PullCredential>[]): readonly PullCredential[] {
  const lookup = lookUpCredentials(image, secrets);
  return isMistake(lookup) ? [] : lookup.candidates.map(({ entry }) => entry);
}

function pushing(
  { username = "", push, verdict }: ProbeResult,
  credential: PullCredential | undefined,
  leastPrivilege: "enforce" | "warn" | "off",
): Sentence | undefined {
  if (push === "granted") {
    const renew = credential === undefined ? "" : `: ${credential.renew}`;
    return { before: `${username} may not only pull but push`, after: `; use a pull-only token${renew}` };
  }
  if (push !== "unknown" || leastPrivilege !== "enforce" || verdict.kind !== "accepted") return undefined;
  return {
    before: `The registry does not tell whether ${username} may push`,
    after: "; make sure that it may only pull",
  };
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
    const fix = `set a new one with ${setPasswordCommand(key)}`;
    if (days < 0) {
      const late = `was to expire on ${expires}: whether it still works, the registry decides`;
      return [`The password of ${username} for ${key} ${late}; ${fix}`];
    }
    const when = days === 0 ? "today" : days === 1 ? "in 1 day" : `in ${days} days`;
    return [`The password of ${username} for ${key} expires on ${expires}, ${when}; ${fix}`];
  });
}
