import { isList, isMap, Unknown, walk, type Plain, type PlainMap } from "./plain";
import { releaseType, type Resource } from "./resource";

/** An image that a resource names. */
export interface NamedImage {
  /** Where: `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** As it stands there: a whole reference, or only what a chart's values say of one. */
  readonly reference?: string;
  /** What of `reference` is apart in a chart's values. */
  readonly tag?: string;
  /** The registry of images whose repository is the chart's own, in place of `reference`. */
  readonly registry?: string;
  /** A tag or digest may come from elsewhere: the chart's own default. */
  readonly partial: boolean;
  /** Not known before `pulumi up`. */
  readonly unknown?: Unknown;
}

/** The images in the pod specs of an object, or in the values of a release. */
export function imagesIn({ type, properties }: Resource): readonly NamedImage[] {
  if (type === releaseType) return imagesInValues(properties.values ?? {}, "values");
  if (!type.startsWith("kubernetes:")) return [];
  return imagesInPods(properties);
}

const containerLists = /(^|\.)(containers|initContainers|ephemeralContainers)\[\d+\]$/;
/** Those of a chart's values too: `fleet.extraVolumes`. */
const imageVolumes = /volumes\[\d+\]\.image$/i;

function imagesInPods(properties: PlainMap): readonly NamedImage[] {
  const images: NamedImage[] = [];
  walk(properties, "", (value, path) => {
    if (!isMap(value)) return;
    const key = containerLists.test(path) ? "image" : imageVolumes.test(path) ? "reference" : undefined;
    if (key !== undefined) images.push(...whole(value[key], `${path}.${key}`));
  });
  return images;
}

function whole(value: Plain | undefined, path: string): readonly NamedImage[] {
  if (value instanceof Unknown) return [{ path, partial: false, unknown: value }];
  return typeof value === "string" && value !== "" ? [{ path, reference: value, partial: false }] : [];
}

/**
 * The forms that charts' values have: `image: repository:tag`, maps with `repository` and `tag` or `imageRepository` and
 * `imageTag`, where what is missing is the chart's own, registries alone, and image volumes.
 */
function imagesInValues(values: Plain, root: string): readonly NamedImage[] {
  const images: NamedImage[] = [];
  walk(values, root, (value, path) => {
    if (!isMap(value)) return;
    const keys = keysOf(value);
    if (keys !== undefined) images.push(...parts(value, path, keys));
    else if (imageVolumes.test(path)) images.push(...whole(value.reference, `${path}.reference`));
    else if (!isList(value.image)) images.push(...whole(value.image, `${path}.image`));
    for (const key of registryKeys) {
      // Beside a repository it is a part of that image.
      if (key !== keys?.registry || isNothing(value[keys.repository]))
        images.push(...alone(value[key], `${path}.${key}`));
    }
  });
  return images;
}

const registryKeys = ["registry", "imageRegistry"] as const;

/** The keys of a map that hold the parts of one image. */
interface ImageKeys {
  readonly repository: string;
  readonly tag: string;
  readonly registry: (typeof registryKeys)[number];
}

function keysOf(value: PlainMap): ImageKeys | undefined {
  const registry = "imageRegistry" in value && !("registry" in value) ? "imageRegistry" : "registry";
  if ("imageRepository" in value || "imageTag" in value) {
    return { repository: "imageRepository", tag: "imageTag", registry };
  }
  if ("repository" in value) return { repository: "repository", tag: "tag", registry };
  const isApart = typeof value.image === "string" && ("tag" in value || registry in value);
  return isApart ? { repository: "image", tag: "tag", registry } : undefined;
}

const isNothing = (value: Plain | undefined) => value === undefined || value === null || value === "";

/** A registry of images whose repository is the chart's own; `global.imageRegistry` is one of all images of many charts. */
function alone(value: Plain | undefined, path: string): readonly NamedImage[] {
  if (value instanceof Unknown) return [{ path, partial: true, unknown: value }];
  return typeof value === "string" && value !== "" ? [{ path, partial: true, registry: value }] : [];
}

function parts(value: PlainMap, path: string, keys: ImageKeys): readonly NamedImage[] {
  const [repository, tag, registry, digest] = [
    value[keys.repository],
    value[keys.tag],
    value[keys.registry],
    value.digest,
  ];
  const unknown = [repository, tag, registry, digest].find((part) => part instanceof Unknown);
  const where = `${path}.${repository === undefined ? keys.tag : keys.repository}`;
  if (unknown instanceof Unknown) return [{ path: where, partial: true, unknown }];
  const host = typeof registry === "string" && registry !== "" ? `${registry}/` : "";
  const pinned = typeof digest === "string" && digest !== "" ? `@${digest}` : "";
  return [
    {
      path: where,
      partial: true,
      ...(typeof repository === "string" && repository !== "" && { reference: `${host}${repository}${pinned}` }),
      // YAML reads 8.4 as a number.
      ...((typeof tag === "string" || typeof tag === "number") && tag !== "" && { tag: String(tag) }),
    },
  ];
}
