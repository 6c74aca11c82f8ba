import { detailedDiff } from "./detailed-diff";
import { threeWayPatch } from "./patch";
import { isObject, stripAll, type Properties } from "./property-values";
import { withNulls } from "./release-values";
import type { Difference } from "./rpc";

/** Compares new inputs with the state, and what they no longer have with the inputs before them. */
export function diffRelease(olds: Properties, news: Properties, ignored: readonly string[]): Difference {
  const state = stripAll(olds);
  const inputs = stripAll(news);
  if (ignored.includes("version") && state.version !== undefined) inputs.version = state.version;
  const before = isObject(state.__inputs) ? { ...state.__inputs } : {};
  delete before.checksum;
  delete before.resourceNames;

  const patch = threeWayPatch(withNulls(before), withNulls(inputs), withNulls(state));
  const sides = { old: state, newInput: inputs, oldInput: before };
  const detailed = detailedDiff(patch, sides, ["name", "namespace"]);
  const diffs = Object.keys(patch);
  return {
    changed: diffs.length > 0,
    replaces: [...detailed].filter(([, change]) => change.replaces).map(([path]) => path),
    deleteBeforeReplace: false,
    detailed,
    diffs,
  };
}
