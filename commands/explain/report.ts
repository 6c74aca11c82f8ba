import type { ImageCoverage, PullOutcome } from "../coverage";
import { foreignText } from "../../registry/foreign-text";
import { table } from "../terminal";
import type { StackCoverage } from "./explain-stack";

const outcomeWords: Readonly<Record<Exclude<PullOutcome, "credential">, string>> = {
  anonymous: "ANONYMOUS",
  broken: "BROKEN",
  unknown: "UNKNOWN",
  invalid: "INVALID IMAGE",
};

/** What a person reads: the table, why, and the sentences. */
export function report({ images, problems, warnings, notes }: StackCoverage): string {
  const head = ["WORKLOAD", "CONTAINER", "IMAGE", "REGISTRY", "SECRET", "USERNAME"];
  const why = reasons(images);
  const sentences = [
    ...problems.map((text) => `error: ${text}`),
    ...warnings.map((text) => `warning: ${text}`),
    ...notes.map((text) => `note: ${text}`),
  ];
  // Names, keys and usernames are from charts and from Secrets that others made.
  const shown = (text: string) => foreignText(text, 10_000);
  const pulls = table([head, ...images.map((image) => row(image).map(shown))]);
  const parts = [[pulls], why.map(shown), sentences.map(shown), [total(images)]];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => `${part.join("\n")}\n`)
    .join("\n");
}

function row({ workload, container, role, image, outcome, credentials: [first] }: ImageCoverage): readonly string[] {
  const name = role === "container" ? container : `${container} (${role})`;
  const used =
    first === undefined || outcome !== "credential"
      ? [outcome === "credential" ? "" : outcomeWords[outcome], "", ""]
      : [first.registry, first.secret, first.username];
  return [workload, name, image, ...used];
}

/** Once for all containers of one image that are pulled alike. */
function reasons(images: readonly ImageCoverage[]): readonly string[] {
  const lines = images.flatMap(({ image, credentials: [first, ...others] }) => {
    if (first === undefined) return [];
    const then = others.map(({ registry, secret, username }) => `"${registry}" of ${secret} (${username})`);
    return [
      `${image}: ${first.why.replace(/^its /, "the ")}${then.length === 0 ? "" : `; where it is refused, ${then.join(", then ")}`}`,
    ];
  });
  return [...new Set(lines)];
}

function total(images: readonly ImageCoverage[]): string {
  const count = (outcome: PullOutcome) => images.filter((image) => image.outcome === outcome).length;
  const parts = [
    `${count("credential")} with a credential`,
    ...(["anonymous", "broken", "unknown", "invalid"] as const)
      .filter((outcome) => count(outcome) > 0)
      .map((outcome) => `${count(outcome)} ${outcomeWords[outcome]}`),
  ];
  return `${images.length} ${images.length === 1 ? "pull" : "pulls"}: ${parts.join(", ")}`;
}
