import type { RegistryCheckSettings } from "../config/registries";
import type { DockerConfigEntry } from "../registry/docker-config";
import { lookUpCredentials, type PullSecret } from "../registry/keyring";
import { isMistake } from "../registry/problem";
import { probeRegistries, type ProbeResult } from "../registry/client/probe";
import { refusal, uncertainty, type Sentence } from "./registry-answers";

/** A credential of a pull Secret. */
export interface PullCredential extends DockerConfigEntry {
  /** What gives it a new password, as an order. */
  readonly renew: string;
}

export interface RegistryCheckArgs extends RegistryCheckSettings {
  /** Every image that will be pulled. */
  readonly images: readonly string[];
  /** The pull Secrets in the order in which pods list them. */
  readonly secrets: readonly PullSecret<PullCredential>[];
}

/** Sentences: what must not go on, and what a person should know. */
export interface RegistryFindings {
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Asks each image's registry what the kubelet will be told: with each credential that the kubelet would try, all at once,
 * since it goes on to the next where one is refused. Only questions, nothing is pulled or written; nothing is asked twice;
 * no secret is in a finding.
 */
export async function checkRegistryAccess(args: RegistryCheckArgs): Promise<RegistryFindings> {
  const { registryCheck = "enforce", leastPrivilege = "warn" } = args;
  const findings = new Findings();
  const attempts = new Map(args.images.map((image) => [image, credentialsFor(image, args.secrets)]));
  if (registryCheck === "off") {
    for (const [image, tried] of attempts) if (tried.length === 0) findings.add(false, image, anonymous);
    return findings.sentences();
  }

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
  return findings.sentences();
}

/** One sentence for all images that it is true of, in the order in which they were found. */
class Findings {
  private readonly found = new Map<string, { strict: boolean; sentence: Sentence; images: Set<string> }>();

  add(strict: boolean, image: string, sentence: Sentence | undefined): void {
    if (sentence === undefined) return;
    const key = JSON.stringify([strict, sentence, ...(sentence.before === "" ? [image] : [])]);
    const one = this.found.get(key) ?? { strict, sentence, images: new Set() };
    one.images.add(image);
    this.found.set(key, one);
  }

  sentences(): RegistryFindings {
    const told = (wanted: boolean) =>
      [...this.found.values()]
        .filter(({ strict }) => strict === wanted)
        .map(({ sentence: { before, after }, images }) => `${before} ${[...images].join(", ")}${after}`.trimStart());
    return { refusals: told(true), warnings: told(false) };
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
