import type { Manifest } from "../coverage";
import { foreignText } from "../../registry/foreign-text";
import type { Issue } from "../../registry/issue";
import type { ClusterObjects } from "./cluster";

/** A Job, as far as it says how it ended. */
interface Job extends Manifest {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** What the kubelet says of a pod. */
interface Event extends Manifest {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly message?: string;
  /** The kubelet's node. */
  readonly source?: { readonly host?: string };
}

const isRefused = ({ status }: Job): boolean =>
  (status?.conditions ?? []).some((condition) => condition.type === "Failed" && condition.status === "True");

/**
 * Which nodes could not pull in the pull check that was refused last: the next update takes its Job away. Once for each image; the last
 * words count.
 *
 * @param checks its events, of the reason `Failed`, outlive the pods by an hour
 */
export function failedPulls({ jobs, events }: NonNullable<ClusterObjects["checks"]>): readonly Issue[] {
  const refused = jobs.filter(isRefused).map(({ metadata }) => `${metadata?.name ?? ""}-`);
  const sentences = new Map<string, string>();
  for (const { involvedObject, message = "", source } of events as readonly Event[]) {
    const [, image = "", words = ""] = /^Failed to pull image "([^"]*)": (.*)$/s.exec(message) ?? [];
    if (image === "" || source?.host === undefined) continue;
    if (!refused.some((prefix) => involvedObject?.name?.startsWith(prefix))) continue;
    const what = `the node ${source.host} could not pull ${image} in the last pull check`;
    sentences.set(what, `${what}: ${foreignText(words, 300)}`);
  }
  return [...sentences.values()].sort().map((sentence) => ({ code: "failed-pull", sentence }));
}
