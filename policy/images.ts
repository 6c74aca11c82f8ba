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
 * `imageTag`, where what is missing is the chart's own, and image volumes.
 */
function imagesInValues(values: Plain, root: string): readonly NamedImage[] {
  const images: NamedImage[] = [];
  walk(values, root, (value, path) => {
    if (!isMap(value)) return;
    if ("imageRepository" in value || "imageTag" in value) {
      images.push(...parts(value, path, "imageRepository", "imageTag"));
    } else if ("repository" in value) images.push(...parts(value, path, "repository", "tag"));
    else if (typeof value.image === "string" && "tag" in value) images.push(...parts(value, path, "image", "tag"));
    else if (imageVolumes.test(path)) images.push(...whole(value.reference, `${path}.reference`));
    else if (!isList(value.image)) images.push(...whole(value.image, `${path}.image`));
  });
  return images;
}

function parts(value: PlainMap, path: string, repositoryKey: string, tagKey: string): readonly NamedImage[] {
  const [repository, tag, registry, digest] = [value[repositoryKey], value[tagKey], value.registry, value.digest];
  const unknown = [repository, tag, registry, digest].find((part) => part instanceof Unknown);
  const where = `${path}.${repository === undefined ? tagKey : repositoryKey}`;
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
