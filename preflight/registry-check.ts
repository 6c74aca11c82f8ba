import type { RegistryCheckSettings } from "../config/registries";
import { probeRegistries } from "../registry/client/probe";
import { foreignText } from "../registry/foreign-text";
import { isIssue, issueText, type Issue } from "../registry/issue";
import { Mask } from "../registry/mask";
import { lookUpCredentials, type PullSecret } from "../registry/keyring";
import { whyNoneMatches, whyUnusable } from "./no-credential";
import type { PullCredential } from "./pull-credential";
import {
  anonymousPull,
  correctChart,
  mayPush,
  noChartLogin,
  pushUnknown,
  refusalOf,
  uncertaintyOf,
  type Remark,
} from "./registry-answers";

export interface RegistryCheckArgs extends RegistryCheckSettings {
  /** Every image that will be pulled. */
  readonly images: readonly string[];
  /** The pull Secrets in the order in which pods list them. */
  readonly secrets: readonly PullSecret<PullCredential>[];
  /** The chart, where it is in a registry, as an image reference. Helm knows one credential, and no pull Secret. @default none */
  readonly chart?: { readonly reference: string; readonly credential?: PullCredential };
}

export interface RegistryFindings {
  /** What must not go on. */
  readonly refusals: readonly Issue[];
  /** What a person should know. */
  readonly warnings: readonly Issue[];
}

/**
 * Asks each image's registry what the kubelet will be told: with each credential that the kubelet would try, all at once,
 * since it goes on to the next where one is refused. Only questions, nothing is pulled or written; nothing is asked twice;
 * no secret is in a finding.
 */
export async function checkRegistryAccess(args: RegistryCheckArgs): Promise<RegistryFindings> {
  const { registryCheck = "enforce", leastPrivilege = "warn" } = args;
  const chart = args.chart?.credential === undefined ? [] : [args.chart.credential];
  const known = [...args.secrets.flatMap(({ config }) => (config.kind === "entries" ? config.entries : [])), ...chart];
  // Of a username that is secret, what is shown is another text.
  const secretUsernames = known.filter(({ account, username }) => account !== foreignText(username));
  const findings = new Findings(new Mask(known.map(({ password }) => password.reveal())));
  const attempts = new Map(args.images.map((image) => [image, credentialsFor(image, args.secrets)]));
  const whyNone = (image: string) => whyNoneMatches(image, args.secrets);
  if (registryCheck === "off") {
    for (const [image, tried] of attempts)
      if (tried.length === 0) findings.add(false, image, anonymousPull(whyNone(image)));
    return findings.all();
  }
  if (args.chart !== undefined) attempts.set(args.chart.reference, chart);

  const targets = [...attempts].flatMap(([image, tried]) =>
    tried.length === 0 ? [{ image }] : tried.map((login) => ({ image, login })),
  );
  const results = await probeRegistries(targets, {
    leastPrivilege: leastPrivilege !== "off",
    secrets: secretUsernames.map(({ username }) => username),
    ...(args.caCertificate !== undefined && { caCertificate: args.caCertificate }),
  });

  for (const [image, tried] of attempts) {
    const answers = results
      .filter((result) => result.image === image)
      .map((result, i) => (result.username === undefined ? result : { ...result, username: tried[i]?.account }));
    const accepted = answers.some(({ verdict }) => verdict.kind === "accepted");
    const isChart = image === args.chart?.reference;
    // The kubelet goes on to the next credential, so the pull fails for certain only when each one is refused.
    const hopeless = answers.every((answer) => refusalOf(answer) !== undefined);
    // Helm may have a login of this machine, which nobody knows here.
    const strict = registryCheck === "enforce" && hopeless && !(isChart && tried.length === 0);
    answers.forEach((answer, i) => {
      const renewal = tried[i]?.renewal;
      const entry = tried[i];
      const whyNo = isChart ? noChartLogin : whyNone(image);
      const cause = entry === undefined ? whyNo : whyUnusable(secretOf(entry, args.secrets), entry);
      const correct = isChart ? correctChart : undefined;
      findings.add(strict, image, refusalOf(answer, { renewal, cause, hasOther: accepted, correct }));
      if (!accepted) findings.add(false, image, uncertaintyOf(answer));
      const { username = "", push, verdict } = answer;
      if (push === "granted") findings.add(leastPrivilege === "enforce", image, mayPush(username, renewal));
      if (push === "unknown" && leastPrivilege === "enforce" && verdict.kind === "accepted")
        findings.add(false, image, pushUnknown(username));
    });
    if (tried.length === 0 && !accepted && !hopeless && !isChart)
      findings.add(false, image, anonymousPull(whyNone(image)));
  }
  return findings.all();
}

/** One issue for all images that it is true of, in the order in which they were found. */
class Findings {
  constructor(private readonly mask: Mask) {}

  private readonly found = new Map<string, { strict: boolean; remark: Remark; images: Set<string> }>();

  add(strict: boolean, image: string, remark: Remark | undefined): void {
    if (remark === undefined) return;
    const key = `${strict} ${issueText(remark.about(remark.together ? "" : image))}`;
    const finding = this.found.get(key) ?? { strict, remark, images: new Set() };
    finding.images.add(image);
    this.found.set(key, finding);
  }

  all(): RegistryFindings {
    const told = (wanted: boolean) =>
      [...this.found.values()]
        .filter(({ strict }) => strict === wanted)
        .map(({ remark, images }) => this.mask.issue(remark.about([...images].join(", "))));
    return { refusals: told(true), warnings: told(false) };
  }
}

const secretOf = (entry: PullCredential, secrets: RegistryCheckArgs["secrets"]): string =>
  secrets.find(({ config }) => config.kind === "entries" && config.entries.includes(entry))?.name ?? "";

function credentialsFor(image: string, secrets: readonly PullSecret<PullCredential>[]): readonly PullCredential[] {
  const lookup = lookUpCredentials(image, secrets);
  return isIssue(lookup) ? [] : lookup.candidates.map(({ entry }) => entry);
}
