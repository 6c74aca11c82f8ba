import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as yaml from "yaml";
import { Fleet, type FleetArgs } from "../../components";
import { checkout } from "../../local/support/paths";
import { run } from "../../local/support/run";
import { ensureHelm } from "../../local/toolchain/kubernetes-clients";
import { record } from "../unit/support/recording";
import { chart } from "./chart";

/** A Kubernetes object as a chart renders it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
}

export interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
  };
}

export interface Rendered {
  /** What the program gave the release. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly manifests: readonly Manifest[];
  /** Every pod template at any depth of any object, by `Kind/name`. */
  readonly pods: ReadonlyMap<string, PodTemplate>;
}

/** Renders the chart with the real `helm` and the values that the program really produces. */
export async function renderFleet(args: FleetArgs): Promise<Rendered> {
  const { recording } = await record(() => new Fleet("fleet", args));
  const values = recording.get("Release fleet").inputs.values as Record<string, unknown>;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "chart-"));
  try {
    const file = path.join(folder, "values.json");
    fs.writeFileSync(file, JSON.stringify(values));
    const text = await run(
      await ensureHelm(),
      ["template", "fleet", await chart(), "--namespace=fleet", `--values=${file}`],
      {
        cwd: checkout,
      },
    );
    const manifests = yaml
      .parseAllDocuments(text, { uniqueKeys: false })
      .map((document) => document.toJS() as Manifest | null)
      .filter((manifest) => manifest !== null);
    return { values, text, manifests, pods: new Map(manifests.flatMap(podTemplates)) };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Found by shape and not by kind, so that an object nobody thought of is found too. */
function podTemplates(manifest: Manifest): [string, PodTemplate][] {
  const found: [string, PodTemplate][] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { spec } = value as { spec?: { containers?: unknown } | null };
    if (Array.isArray(spec?.containers)) {
      found.push([`${manifest.kind}/${manifest.metadata.name}`, value as PodTemplate]);
    } else Object.values(value).forEach(walk);
  };
  walk(manifest);
  return found;
}
