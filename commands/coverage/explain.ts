import { readKeyringKey } from "../../registry/keyring-key";
import { parseImageReference } from "../../registry/image-reference";
import { isIssue, issueText } from "../../registry/issue";
import { checkSecretName } from "../../registry/secret-name";
import { whyUnmatchable } from "../../registry/unmatchable";
import { keysOf, keyText, matches, whyPrivate } from "./why-private";
import { coverImages, resolveSecrets, type ImageCoverage, type PodSecrets } from "./coverage";
import { nearMiss } from "../../registry/near-miss";
import type { Pod, ServiceAccount } from "./pods";
import { Sentences } from "./sentences";
import type { NamedSecret } from "./secrets";

export interface CoverageArgs {
  readonly pods: readonly Pod[];
  /** Every pull Secret that is known, and those of which nothing but the name is. One that is not here does not exist. */
  readonly secrets: readonly NamedSecret[];
  /** @default none brings pull Secrets */
  readonly serviceAccounts?: readonly ServiceAccount[];
  /** Images that need no credential: hosts with their port, or `host/path` whose parts begin the image's. @default none */
  readonly publicImages?: readonly string[];
}

/** How every image of every pod is pulled, and what is wrong with that. No password is in it. */
export interface Coverage {
  readonly images: readonly ImageCoverage[];
  /** Sentences: an image that goes without a credential that is there for it, or a pull that cannot work. Each is certain. */
  readonly problems: readonly string[];
  /** Sentences: what is likely another thing than what was meant. */
  readonly warnings: readonly string[];
  /** Sentences: what may be right, and only others know. */
  readonly notes: readonly string[];
}

/** Says for each image of each pod which credential the kubelet uses. Pure: nothing is asked, nothing is pulled. */
export function explainCoverage(args: CoverageArgs): Coverage {
  const { secrets, serviceAccounts = [], publicImages = [] } = args;
  const pods = args.pods.map((pod) => resolveSecrets(pod, secrets, serviceAccounts));
  const covered = pods.map((pod) => ({ pod, images: coverImages(pod) }));
  const references = covered.flatMap(({ images }) => images.map(({ image }) => image));

  const problems = new Sentences();
  const warnings = new Sentences();
  const notes = new Sentences();
  for (const { pod, images } of covered) {
    for (const image of images) {
      const where = `${image.workload} ${image.container}`;
      if (image.outcome === "anonymous") {
        const why = whyPrivate(image, pod, secrets, references, publicImages);
        if (why?.isCertain === true) {
          problems.add(`${image.image} is private, and is pulled anonymously: ${why.text}`, where);
        } else if (why !== undefined) {
          notes.add(`${image.image} is pulled anonymously, or with a credential of the node: ${why.text}`, where);
        }
      }
      const problem = problemOf(image, pod);
      if (problem !== undefined) problems.add(problem, where);
      for (const warning of warningsOf(image)) warnings.add(warning, where);
    }
    for (const warning of podWarnings(pod)) warnings.add(warning, pod.pod.workload);
  }
  const found = problems.all();
  for (const warning of secretWarnings(pods, secrets, references, found)) warnings.add(warning);
  return {
    images: covered.flatMap(({ images }) => images),
    problems: found,
    warnings: warnings.all(),
    notes: notes.all(),
  };
}

/** Why nothing can be pulled. */
function problemOf({ image, outcome }: ImageCoverage, pod: PodSecrets): string | undefined {
  switch (outcome) {
    case "broken": {
      const broken = pod.readable.find(({ config }) => config.kind === "broken");
      const why = broken?.config.kind === "broken" ? `${broken.name} ${broken.config.problem}` : "";
      return `nothing is pulled: the Secret ${why}; make it again, or remove it from the pod's imagePullSecrets`;
    }
    case "invalid": {
      const reference = parseImageReference(image);
      return isIssue(reference) ? `the image "${image}" ${issueText(reference)}` : undefined;
    }
    case "anonymous":
    case "credential":
    case "unknown":
      return undefined;
  }
}

function warningsOf({ image, credentials }: ImageCoverage): readonly string[] {
  const reference = parseImageReference(image);
  const [first] = credentials;
  if (first === undefined || isIssue(reference)) return [];
  const { registry: server, secret, username } = first;
  const found: string[] = [];
  const path = readKeyringKey(server)?.url?.path ?? "";
  const rest = `/${reference.repository}`.slice(path.length);
  if (path !== "" && !path.endsWith("/") && rest !== "" && !rest.startsWith("/")) {
    found.push(
      `the key "${server}" of the Secret ${secret} matches ${reference.name}, since a path is a plain prefix; write "${server}/" if only what is below it is meant`,
    );
  }
  if (username === "") {
    found.push(`the key "${server}" of the Secret ${secret} has no username, so it gives no access; make it again`);
  }
  return found;
}

function podWarnings({ pod, names, hidden, missing, unread }: PodSecrets): readonly string[] {
  const list = (all: readonly string[]) => all.join(", ");
  return [
    ...(hidden.length === 0
      ? []
      : [
          `the pod lists pull Secrets of its own, so those of its ServiceAccount ${pod.serviceAccount} are not used; list them too where they are needed: ${list(hidden)}`,
        ]),
    ...missing.map((name) => `the pod lists the Secret ${name}, which ${whyMissing(name)}`),
    ...(unread.length > 0 && unread.length < names.length
      ? [`a credential of a Secret that was not read may come before the one shown: ${list(unread)}`]
      : []),
  ];
}

/** The cause and the fix. A chart that takes names prints a map, as most charts take it, in Go's notation. */
function whyMissing(name: string): string {
  const [, meant] = /^map\[name:(.*)\]$/.exec(name) ?? [];
  if (meant !== undefined) {
    return `is a map that the chart takes for a name; list the name alone in that value: ${meant}`;
  }
  const mistake = checkSecretName(name);
  return mistake === undefined ? "does not exist; make it, or remove the name" : issueText(mistake);
}

/** What is wrong with Secrets that some pod lists. */
function secretWarnings(
  pods: readonly PodSecrets[],
  secrets: readonly NamedSecret[],
  images: readonly string[],
  problems: readonly string[],
): readonly string[] {
  const listed = secrets.filter((secret) =>
    pods.some(({ pod, names }) => pod.namespace === secret.namespace && names.includes(secret.name)),
  );
  const keys = keysOf(listed);
  const names = images.flatMap((image) => {
    const reference = parseImageReference(image);
    return isIssue(reference) ? [] : [reference.name];
  });
  return [
    ...listed.flatMap(({ name, config }) => {
      if (config.kind === "unread") return [`the Secret ${name} ${config.problem}, so what it is for is not known`];
      return config.kind === "ignored" ? [`the Secret ${name} ${config.problem}; the kubelet passes over it`] : [];
    }),
    ...keys.flatMap((key) => {
      const isSaid = problems.some((problem) => problem.includes(keyText(key)));
      if (isSaid || images.some((image) => matches(key, image))) return [];
      const never = whyUnmatchable(key.entry.server);
      if (never !== undefined) return [`the key ${keyText(key)} matches no image at all: it ${never}`];
      const near = names.map((name) => nearMiss(key.entry.server, name)).find((miss) => miss !== undefined);
      return [`the key ${keyText(key)} matches no image here${near === undefined ? "" : `: it ${near.why}`}`];
    }),
    ...sameKeys(pods),
  ];
}

/** Keys that stand in two Secrets of one pod: the order of its list decides. */
function sameKeys(pods: readonly PodSecrets[]): readonly string[] {
  return pods.flatMap(({ readable }) => {
    const seen = new Map<string, string>();
    return readable.flatMap(({ name, config }) => {
      if (config.kind !== "entries") return [];
      return config.entries.flatMap(({ server }) => {
        const key = readKeyringKey(server);
        if (key === undefined) return [];
        const first = seen.get(key.bytes);
        seen.set(key.bytes, first ?? name);
        if (first === undefined) return [];
        return first === name
          ? [
              `the Secret ${name} has the key "${key.text}" in two spellings, which are tried in a random order; keep one`,
            ]
          : [
              `the Secrets ${first} and ${name} both have the key "${key.text}": ${first} comes first, since pods list it first; keep one`,
            ];
      });
    });
  });
}
