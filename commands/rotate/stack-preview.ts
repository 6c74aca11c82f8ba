import { pulledImages } from "../../components/images";
import { lookUpCredentials } from "../../registry/keyring";
import { isIssue, type Issue, type IssueCode } from "../../registry/issue";
import { secretNameSlug } from "../../registry/server";
import type { RunResult } from "../process";
import { failureWords } from "./failure-words";

/** What the registry said at preview. `failed`: the preview did not come to its end, for another reason. */
export type RegistryAnswer = "accepted" | "refused" | "warning" | "not asked" | "failed";

/** What a preview says about a rotation. */
export interface StackPreview {
  /** What happens to the Secret of the registry and to Fleet's release: the engine's word, such as `replace`; unknown without a preview. */
  readonly secret?: string;
  readonly release?: string;
  readonly answer: RegistryAnswer;
  /** Whether the registry took the password for a wrong one. */
  readonly isWrongPassword?: true;
  /** The registry's refusal, or why the preview failed; one sentence or line each. */
  readonly words: readonly string[];
  readonly warnings: readonly string[];
  /** What the preview changes beyond the rotation: operation, type and name, and the properties. */
  readonly others: readonly string[];
  /** Whether `up` has anything to do. */
  readonly changes: boolean;
}

/** The part that is looked at of what `pulumi preview --json` prints. */
interface PreviewJson {
  readonly config?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
  readonly diagnostics?: readonly { readonly severity: string; readonly message: string }[];
}

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

type ImageArgs = Parameters<typeof pulledImages>[0];

/** What the registry check says of a credential or its image, and what it says where it cannot tell. */
const refusals: readonly IssueCode[] = ["wrong-credential", "login-needed", "no-right", "no-such-image", "may-push"];
const doubts: readonly IssueCode[] = [
  "contradictory",
  "rate-limited",
  "failed-logins",
  "unreachable",
  "failing",
  "anonymous-pull",
];

/** What the engine says of a plugin that it found on `PATH`, of a rotation nothing. */
const ofThePlugins = /^using pulumi-resource-\S+ from \$PATH at |^resource plugin \S+ is expected to have version /;

/**
 * Reads what `pulumi preview --json` printed for one stack.
 *
 * @param issues what the program told in it
 */
export function readPreview(
  project: string,
  canonical: string,
  result: RunResult,
  issues: readonly Issue[],
): StackPreview {
  const preview = parse<PreviewJson>(result.stdout);
  const told = (severity: string) =>
    (preview?.diagnostics ?? [])
      .filter((diagnostic) => diagnostic.severity === severity)
      .flatMap(({ message }) =>
        message
          .replace(/^(error|warning): /, "")
          .trim()
          .split("\n"),
      );
  const warnings = [...new Set(told("warning"))].filter((line) => !ofThePlugins.test(line));
  if (preview === undefined || result.code !== 0) {
    const errors = [...new Set(told("error"))];
    const refused = issues.some(({ code }) => refusals.includes(code));
    const words = errors.length > 0 ? errors : failureWords({ ...result, stdout: "" });
    const isWrong = issues.some(({ code }) => code === "wrong-credential");
    const answer = refused ? "refused" : "failed";
    return { answer, ...(isWrong && { isWrongPassword: true }), words, warnings, others: [], changes: false };
  }

  const steps = preview.steps ?? [];
  const changed = steps.filter(({ op }) => !["same", "read", "refresh"].includes(op));
  const operationOn = (type: string, name: string) => operation(changed.filter(({ urn }) => named(urn, type, name)));
  const secretName = `fleet-${secretNameSlug(canonical)}`;
  return {
    secret: operationOn("kubernetes:core/v1:Secret", secretName),
    release: operationOn("kubernetes:helm.sh/v3:Release", "fleet"),
    answer: answerOf(project, canonical, preview.config ?? {}, issues),
    words: [],
    warnings,
    others: changed.flatMap((step) => beyondRotation(step, secretName)),
    changes: changed.length > 0,
  };
}

function parse<T>(json: string): T | undefined {
  try {
    return JSON.parse(json) as T;
  } catch {
    return undefined;
  }
}

function answerOf(
  project: string,
  canonical: string,
  config: Readonly<Record<string, string>>,
  issues: readonly Issue[],
): RegistryAnswer {
  if (issues.some(({ code }) => [...refusals, ...doubts].includes(code))) return "warning";
  if (config[`${project}:registryCheck`] === "off") return "not asked";
  const entry = { kind: "entries" as const, entries: [{ server: canonical }] };
  const isUsed = pulledImages(imageArgs(project, config)).some(({ image }) => {
    const lookup = lookUpCredentials(image, [{ name: canonical, config: entry }]);
    return !isIssue(lookup) && lookup.candidates.length > 0;
  });
  return isUsed ? "accepted" : "not asked";
}

/** What decides which images a stack pulls, of its configuration: text, or JSON as text. */
function imageArgs(project: string, config: Readonly<Record<string, string>>): ImageArgs {
  const text = (key: string) => config[`${project}:${key}`] || undefined; // empty counts as not set, as in config/reader.ts
  const json = (key: string) => {
    const value = parse<object>(text(key) ?? "{}") ?? {};
    return Object.keys(value).length === 0 ? undefined : value;
  };
  return {
    imageRepository: text("imageRepository"),
    imageTag: text("imageTag") ?? "latest",
    mysqlImage: text("mysqlImage"),
    valkeyImage: text("valkeyImage"),
    database: json("database"),
    cache: json("cache"),
    pullCheckImages: json("pullCheckImages"),
    values: json("values"),
  } as ImageArgs; // a preview that came to its end has checked it
}

const named = (urn: string, type: string, name: string): boolean => {
  const [, , types = "", last] = urn.split("::");
  return last === name && types.split("$").pop() === type;
};

/** A replacement comes as several steps, of which `replace` stands for them all. */
const parts = ["create-replacement", "delete-replaced", "discard-replaced", "remove-pending-replace"];

function operation(steps: readonly Step[]): string {
  return steps.find(({ op }) => !parts.includes(op))?.op ?? "unchanged";
}

/** The properties by which a rotation changes a resource, by its type. The check is a new Job, whatever changed; but its images. */
const ownProperties: Readonly<Record<string, RegExp>> = {
  "kubernetes:batch/v1:Job": /^(?!spec\.template\.spec\.containers)/,
  "kubernetes:apps/v1:StatefulSet": /^spec\.template\.spec\.imagePullSecrets/,
  // A chart in the registry is pulled with the same password.
  "kubernetes:helm.sh/v3:Release": /^(values\.imagePullSecrets|repositoryOpts\.(username|password)$)/,
};

function beyondRotation({ op, urn, detailedDiff }: Step, secretName: string): string[] {
  if (parts.includes(op)) return [];
  const [, , types = "", name = ""] = urn.split("::");
  const type = types.split("$").pop() ?? "";
  if (named(urn, "kubernetes:core/v1:Secret", secretName)) return [];
  const own = ["update", "replace"].includes(op) ? ownProperties[type] : undefined;
  const properties = Object.keys(detailedDiff ?? {}).filter((property) => own?.test(property) !== true);
  if (own !== undefined && properties.length === 0) return [];
  return [`${op} ${type} ${name}${properties.length === 0 ? "" : ` (${properties.sort().join(", ")})`}`];
}
