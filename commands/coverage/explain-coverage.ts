import { readKeyringKey } from "../../registry/keyring-key";
import { parseImageReference } from "../../registry/image-reference";
import { isIssue, type Issue } from "../../registry/issue";
import { checkSecretName } from "../../registry/secret-name";
import { whyUnmatchable } from "../../registry/unmatchable";
import { keysOf, keyText, matches, whyPrivate, type SecretKey } from "./why-private";
import { coverImages, resolveSecrets, type ImageCoverage, type PodSecrets } from "./image-coverage";
import { FoundIssues } from "./found-issues";
import { nearMiss } from "../../registry/near-miss";
import type { Pod, ServiceAccount } from "./pods";
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
  /** An image that goes without a credential that is there for it, or a pull that cannot work. Each is certain. */
  readonly problems: readonly Issue[];
  /** What is likely another thing than what was meant. */
  readonly warnings: readonly Issue[];
  /** What may be right, and only others know. */
  readonly notes: readonly Issue[];
}

/** Says for each image of each pod which credential the kubelet uses. Pure: nothing is asked, nothing is pulled. */
export function explainCoverage(args: CoverageArgs): Coverage {
  const { secrets, serviceAccounts = [], publicImages = [] } = args;
  const pods = args.pods.map((pod) => resolveSecrets(pod, secrets, serviceAccounts));
  const covered = pods.map((pod) => ({ pod, images: coverImages(pod) }));
  const references = covered.flatMap(({ images }) => images.map(({ image }) => image));

  const problems = new FoundIssues();
  const warnings = new FoundIssues();
  const notes = new FoundIssues();
  for (const { pod, images } of covered) {
    for (const image of images) {
      const where = `${image.workload} ${image.container}`;
      if (image.outcome === "anonymous") {
        const why = whyPrivate(image, pod, secrets, references, publicImages);
        if (why?.isCertain === true) {
          const sentence = `${image.image} is private, and is pulled anonymously: ${why.cause}`;
          problems.add({ code: "no-credential", sentence, fix: why.fix }, where);
        } else if (why !== undefined) {
          const sentence = `${image.image} is pulled anonymously, or with a credential of the node: ${why.cause}`;
          notes.add({ code: "anonymous-pull", sentence, fix: why.fix }, where);
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
function problemOf({ image, outcome }: ImageCoverage, pod: PodSecrets): Issue | undefined {
  switch (outcome) {
    case "broken": {
      const broken = pod.readable.find(({ config }) => config.kind === "broken");
      const why = broken?.config.kind === "broken" ? `${broken.name} ${broken.config.problem}` : "";
      const fix = "make it again, or remove it from the pod's imagePullSecrets";
      return { code: "wrong-pull-secret", sentence: `nothing is pulled: the Secret ${why}`, fix };
    }
    case "invalid": {
      const reference = parseImageReference(image);
      return isIssue(reference) ? { ...reference, sentence: `the image "${image}" ${reference.sentence}` } : undefined;
    }
    case "anonymous":
    case "credential":
    case "unknown":
      return undefined;
  }
}

function warningsOf({ image, credentials }: ImageCoverage): readonly Issue[] {
  const reference = parseImageReference(image);
  const [first] = credentials;
  if (first === undefined || isIssue(reference)) return [];
  const { registry: server, secret, username } = first;
  const key = `the key "${server}" of the Secret ${secret}`;
  const found: Issue[] = [];
  const path = readKeyringKey(server)?.url?.path ?? "";
  const rest = `/${reference.repository}`.slice(path.length);
  if (path !== "" && !path.endsWith("/") && rest !== "" && !rest.startsWith("/")) {
    const sentence = `${key} matches ${reference.name}, since a path is a plain prefix`;
    found.push({ code: "wide-key", sentence, fix: `write "${server}/" if only what is below it is meant` });
  }
  if (username === "") {
    const sentence = `${key} has no username, so it gives no access`;
    found.push({ code: "no-username", sentence, fix: "make it again" });
  }
  return found;
}

function podWarnings({ pod, names, hidden, missing, unread }: PodSecrets): readonly Issue[] {
  const found = missing.map(missingSecret);
  if (hidden.length > 0) {
    found.unshift({
      code: "hidden-pull-secrets",
      sentence: `the pod lists pull Secrets of its own, so those of its ServiceAccount ${pod.serviceAccount} are not used`,
      fix: `list them too where they are needed: ${hidden.join(", ")}`,
    });
  }
  if (unread.length > 0 && unread.length < names.length) {
    const sentence = `a credential of a Secret that was not read may come before the one shown: ${unread.join(", ")}`;
    found.push({ code: "unread-pull-secret", sentence });
  }
  return found;
}

/** A chart that takes names prints a map, as most charts take it, in Go's notation. */
function missingSecret(name: string): Issue {
  const listed = `the pod lists the Secret ${name}, which`;
  const [, meant] = /^map\[name:(.*)\]$/.exec(name) ?? [];
  if (meant !== undefined) {
    const fix = `list the name alone in that value: ${meant}`;
    return { code: "malformed", sentence: `${listed} is a map that the chart takes for a name`, fix };
  }
  const mistake = checkSecretName(name);
  if (mistake !== undefined) return { ...mistake, sentence: `${listed} ${mistake.sentence}` };
  return { code: "no-such-secret", sentence: `${listed} does not exist`, fix: "make it, or remove the name" };
}

/** What is wrong with Secrets that some pod lists. */
function secretWarnings(
  pods: readonly PodSecrets[],
  secrets: readonly NamedSecret[],
  images: readonly string[],
  problems: readonly Issue[],
): readonly Issue[] {
  const listed = secrets.filter((secret) =>
    pods.some(({ pod, names }) => pod.namespace === secret.namespace && names.includes(secret.name)),
  );
  const names = images.flatMap((image) => {
    const reference = parseImageReference(image);
    return isIssue(reference) ? [] : [reference.name];
  });
  return [
    ...listed.flatMap(({ name, config }): readonly Issue[] => {
      if (config.kind !== "unread" && config.kind !== "ignored") return [];
      const sentence = `the Secret ${name} ${config.problem}`;
      return config.kind === "unread"
        ? [{ code: "unread-pull-secret", sentence: `${sentence}, so what it is for is not known` }]
        : [{ code: "wrong-pull-secret", sentence: `${sentence}; the kubelet passes over it` }];
    }),
    ...keysOf(listed).flatMap((key): readonly Issue[] => {
      const isSaid = problems.some(({ sentence }) => sentence.includes(keyText(key)));
      if (isSaid || images.some((image) => matches(key, image))) return [];
      return [{ code: "unused-key", sentence: `the key ${keyText(key)} matches ${whyUnused(key, names)}` }];
    }),
    ...sameKeys(pods),
  ];
}

function whyUnused({ entry: { server } }: SecretKey, names: readonly string[]): string {
  const never = whyUnmatchable(server);
  if (never !== undefined) return `no image at all: it ${never}`;
  const near = names.map((name) => nearMiss(server, name)).find((miss) => miss !== undefined);
  return `no image here${near === undefined ? "" : `: it ${near.why}`}`;
}

/** Keys that stand in two Secrets of one pod: the order of its list decides. */
function sameKeys(pods: readonly PodSecrets[]): readonly Issue[] {
  return pods.flatMap(({ readable }) => {
    const seen = new Map<string, string>();
    return readable.flatMap(({ name, config }) => {
      if (config.kind !== "entries") return [];
      return config.entries.flatMap(({ server }): readonly Issue[] => {
        const key = readKeyringKey(server);
        if (key === undefined) return [];
        const first = seen.get(key.bytes);
        seen.set(key.bytes, first ?? name);
        if (first === undefined) return [];
        const sentence =
          first === name
            ? `the Secret ${name} has the key "${key.text}" in two spellings, which are tried in a random order`
            : `the Secrets ${first} and ${name} both have the key "${key.text}": ${first} comes first, since pods list it first`;
        return [{ code: "duplicate", sentence, fix: "keep one" }];
      });
    });
  });
}
