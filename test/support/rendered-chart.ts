import { Fleet, type FleetArgs } from "../../components";
import { podTemplatesIn, type Manifest, type PodTemplate } from "../../commands/coverage";
import type { ReleaseInputs } from "../../commands/explain/program";
import { renderRelease } from "../../commands/explain/render";
import { ensureHelm } from "../../local/toolchain/kubernetes-clients";
import { record } from "../unit/support/recording";
import { chart } from "./chart";

export interface Rendered {
  /** What the program gave the release. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly manifests: readonly Manifest[];
  /** Every pod template at any depth of any object, by `Kind/name`. */
  readonly pods: ReadonlyMap<string, PodTemplate>;
  /** The name in the cluster of each Kubernetes object that the program made, by `Kind logical-name`. */
  readonly objectNames: Readonly<Record<string, string>>;
}

/** Renders the chart with the real `helm` and the values that the program really produces. */
export async function renderFleet(args: FleetArgs): Promise<Rendered> {
  const { recording } = await record(() => new Fleet("fleet", args));
  const release = recording.get("Release fleet").inputs as unknown as ReleaseInputs;
  const { text, manifests } = await renderRelease(await ensureHelm(), {
    ...release,
    namespace: "fleet",
    chart: await chart(),
  });
  const pods = new Map(podTemplatesIn(manifests).map((pod) => [pod.workload, pod]));
  return { values: release.values, text, manifests, pods, objectNames: recording.objectNames };
}
