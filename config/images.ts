import type { FleetArgs } from "../components/fleet-args";
import { pulledImages } from "../components/images";
import { asObject } from "../components/plain-values";
import { parseImageReference, type ImageReference } from "../registry/image-reference";
import { isIssue, type Issue } from "../registry/issue";
import { isPort } from "../registry/port";
import type { ConfigReader } from "./reader";

type Images = Pick<
  FleetArgs,
  "imageRepository" | "imageTag" | "mysqlImage" | "valkeyImage" | "pullCheckImages" | "database" | "cache" | "values"
>;

/** The keys that name images, and a check of every image that comes of them and of `values`. */
export function readImages(reader: ConfigReader, others: Pick<Images, "database" | "cache" | "values">): Images {
  const imageTag = reader.text("imageTag");
  if (!reader.isSet("imageTag")) {
    reader.refuse(
      "imageTag",
      "missing",
      "is not set",
      "name a tag that your registry has: pulumi config set imageTag v4.85.0",
    );
  } else if (imageTag !== undefined) reader.refuseFor("imageTag", tagMistake(imageTag));
  const images = {
    ...others,
    imageRepository: reader.text("imageRepository"),
    imageTag: imageTag ?? "latest",
    mysqlImage: reader.text("mysqlImage"),
    valkeyImage: reader.text("valkeyImage"),
  };
  for (const { name, image } of pulledImages({ ...images, imageTag: "latest" })) {
    const reference = parseImageReference(image);
    const key = name === "fleet" ? "imageRepository" : keyOf(name);
    const repository = name === "fleet" ? (images.imageRepository ?? "") : undefined;
    if (repository !== undefined && isHostAlone(repository)) reader.refuseFor(key, hostAlone(repository));
    else if (!isIssue(reference)) reader.refuseFor(key, portMistake(reference));
    else if (repository !== undefined) reader.refuseFor(key, repositoryMistake(repository));
    else reader.refuseFor(key, reference);
  }
  return { ...images, pullCheckImages: readPullCheckImages(reader) };
}

const keyOf = (container: string): string =>
  container === "cloudsql-proxy" ? "values.gke.cloudSQL" : `${container}Image`;

/** `pullCheckImages`: what is not of the form is left out. */
function readPullCheckImages(reader: ConfigReader): NonNullable<FleetArgs["pullCheckImages"]> {
  return reader.list("pullCheckImages").flatMap((item, i) => {
    const key = `pullCheckImages[${i}]`;
    const { image, command, ...more } = asObject(item);
    for (const name of Object.keys(more)) reader.refuseUnknown(name, `${key}.`, ["image", "command"]);
    if (typeof image !== "string" || !isCommand(command)) {
      const form = "{image: registry.example.com/team/proxy:v1, command: [/proxy, --version]}";
      reader.refuse(key, "malformed", "is not an image and a command", `write it as ${form}`);
      return [];
    }
    const reference = parseImageReference(image);
    reader.refuseFor(`${key}.image`, isIssue(reference) ? reference : portMistake(reference));
    return [{ image, command }];
  });
}

/** The kubelet reads a port of any number, and no registry can have it. */
function portMistake({ registry }: ImageReference): Issue | undefined {
  if (isPort(/:(\d+)$/.exec(registry)?.[1] ?? "443")) return undefined;
  const fix = "correct it in the host of the registry, for example registry.example.com:5000";
  return { code: "malformed", sentence: "has a port that is not from 1 to 65535", fix };
}

const isCommand = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string" && word !== "");

/** What is wrong with a tag, which a digest may follow: with both, the kubelet pulls by the digest. */
function tagMistake(text: string): Issue | undefined {
  const [tag = "", ...digests] = text.split("@");
  const form = "v4.85.0@sha256:… with 64 lower-case hexadecimal digits";
  // Fleet's chart writes repository:tag, and has no value for a digest.
  if (/^(@|sha\d+:)/.test(text)) {
    const fix = `put any tag in front of it: ${form}`;
    return { code: "malformed", sentence: "is a digest without a tag, which the chart cannot write", fix };
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) {
    const fix = "use letters, digits, _, . and - only, for example v4.85.0";
    return { code: "malformed", sentence: "is not a tag of an image", fix };
  }
  if (digests.length === 0 || !isIssue(parseImageReference(`fleet:${text}`))) return undefined;
  return { code: "malformed", sentence: "has a digest that is not one", fix: `write it as ${form}` };
}

/** Without a "/", the kubelet takes it for one of Docker Hub's own images, and a port for a tag. */
const isHostAlone = (repository: string): boolean => /^(localhost|[^/@:]*\.[^/@:]*)(:\d+)?$/.test(repository);

const hostAlone = (host: string): Issue => ({
  code: "malformed",
  sentence: "is the host of a registry without a repository",
  fix: `write both, as the registry has it: ${host}/fleetdm/fleet`,
});

/** What is wrong with a repository, whose tag has a key of its own. */
function repositoryMistake(repository: string): Issue {
  const reference = parseImageReference(repository);
  const fix = "write it as registry.example.com/fleetdm/fleet, without a tag";
  if (isIssue(reference)) return { ...reference, fix };
  const sentence = reference.digest === undefined ? "has a tag" : "has a digest";
  return { code: "malformed", sentence, fix: `${fix}: fleet:imageTag is for that` };
}
