import { parseImageReference } from "../../registry/image-reference";
import { isIssue } from "../../registry/issue";
import type { Finding } from "../finding";
import { imagesIn, type NamedImage } from "../images";
import { shown, type Resource } from "../resource";

/** Tags that name another image from day to day. */
export const defaultMovingTags: readonly string[] = ["latest"];

/** Each image that a resource names has a tag, and not one that moves, or a digest. */
export function imagesPinned(resource: Resource, movingTags = defaultMovingTags): readonly Finding[] {
  const fix = "name a tag that stays, such as v4.85.0, or a digest";
  return imagesIn(resource).flatMap((image): readonly Finding[] => {
    const { urn } = resource;
    const place = `${image.path} of ${shown(resource)}`;
    if (image.unknown !== undefined) return [{ urn, message: place, unknown: image.unknown }];
    const problem = whyNotPinned(image, movingTags);
    return problem === undefined ? [] : [{ urn, message: `${place} ${problem}; ${fix}` }];
  });
}

function whyNotPinned({ reference = "", tag, partial }: NamedImage, movingTags: readonly string[]): string | undefined {
  const parsed = reference === "" ? undefined : parseImageReference(reference);
  if (parsed !== undefined && isIssue(parsed)) {
    return partial ? undefined : `is ${JSON.stringify(reference)}, which ${parsed.sentence}`;
  }
  if (parsed?.digest !== undefined) return undefined;
  const named = tag ?? parsed?.tag;
  if (named === undefined) return partial ? undefined : `is ${JSON.stringify(reference)} without a tag`;
  if (!movingTags.includes(named)) return undefined;
  const whole = tag === undefined ? reference : [reference, tag].filter((part) => part !== "").join(":");
  return `is ${JSON.stringify(whole)}, whose tag moves`;
}
