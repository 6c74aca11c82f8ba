import type { Issue } from "./issue";

/** A parsed image reference, as the kubelet and containerd understand it. */
export interface ImageReference {
  /** Host and port of the registry, as written; `docker.io` for Docker Hub. */
  readonly registry: string;
  /** The repository in the registry; Docker Hub's official images have `library/` in front. */
  readonly repository: string;
  /** `registry/repository`: what the kubelet compares pull Secrets with. */
  readonly name: string;
  readonly tag?: string;
  /** `algorithm:hex` */
  readonly digest?: string;
}

// The grammar of github.com/distribution/reference v0.6.0 (`regexp.go`), which kubernetes v1.36.2 parses images with.
const domainComponent = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const domain = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const repository = `${component}(?:/${component})*`;
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const namePattern = new RegExp(`^(?:(${domain})/)?(${repository})$`);
const referencePattern = new RegExp(
  `^((?:${domain}/)?${repository})(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(${digest}))?$`,
);

/** Hexadecimal digits of each digest algorithm that the kubelet knows (github.com/opencontainers/go-digest v1.0.0). */
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Host and rest, with Docker Hub's short forms written out: `normalize.go`, `splitDockerDomain`. */
function splitDomain(text: string): readonly [string, string] {
  const slash = text.indexOf("/");
  const first = text.slice(0, Math.max(slash, 0));
  const isDomain = slash >= 0 && (first === "localhost" || /[.:]/.test(first) || first.toLowerCase() !== first);
  const registry = !isDomain || first === "index.docker.io" ? "docker.io" : first;
  const rest = isDomain ? text.slice(slash + 1) : text;
  return [registry, registry === "docker.io" && !rest.includes("/") ? `library/${rest}` : rest];
}

function explain(text: string): Issue {
  const fix = "write it as registry/repository:tag";
  if (text === "") return { code: "missing", sentence: "is empty", fix };
  if (/\s/.test(text)) return { code: "malformed", sentence: "contains white space", fix: "remove it" };
  if (text.includes("://"))
    return {
      code: "malformed",
      sentence: "begins with a scheme",
      fix: `write it without one: registry/repository:tag`,
    };
  if (/^[a-f0-9]{64}$/.test(text))
    return { code: "malformed", sentence: "is the ID of an image, not a reference", fix };
  return { code: "malformed", sentence: "is not an image reference", fix };
}

/**
 * Parses an image reference by the rules of the kubelet (kubernetes `pkg/util/parsers`, `ParseImageName`): without a host
 * it is Docker Hub's, `index.docker.io` becomes `docker.io`, and a first part without `.`, `:` or an upper-case letter
 * is no host unless it is `localhost`. A missing tag stays missing, where the kubelet then pulls `latest`.
 */
export function parseImageReference(text: string): ImageReference | Issue {
  if (/^[a-f0-9]{64}$/.test(text)) return explain(text);
  const [registry, rest] = splitDomain(text);
  const [beforeTag = ""] = rest.split(":", 1);
  if (/[A-Z]/.test(beforeTag.replace(/@.*$/s, ""))) {
    return {
      code: "malformed",
      sentence: "has an upper-case letter in its repository",
      fix: "write the repository in lower case",
    };
  }
  const [, name, tag, digestText] = referencePattern.exec(`${registry}/${rest}`) ?? [];
  if (name === undefined) return explain(text);
  // A host that the grammar does not take as one, such as `a__b.c`, counts as part of the path.
  const path = namePattern.exec(name)?.[2] ?? name;
  if (path.length > 255)
    return {
      code: "malformed",
      sentence: "has a repository longer than 255 characters",
      fix: "use a shorter repository",
    };
  if (digestText !== undefined) {
    const [algorithm = "", hex = ""] = digestText.split(":");
    if (digestLengths[algorithm] !== hex.length || /[A-F]/.test(hex)) {
      return {
        code: "malformed",
        sentence: "has a digest that is not one",
        fix: "write it as sha256: and 64 lower-case hexadecimal digits",
      };
    }
  }
  const slash = name.indexOf("/");
  return {
    registry: name.slice(0, slash),
    repository: name.slice(slash + 1),
    name,
    ...(tag === undefined ? {} : { tag }),
    ...(digestText === undefined ? {} : { digest: digestText }),
  };
}
