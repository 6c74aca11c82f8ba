import * as pulumi from "@pulumi/pulumi";
import { Fleet } from "../../components";
import type { Manifest } from "../coverage";
import { loadConfig } from "../../config/load";
import type { RedactedConfig } from "./redacted-config";

/** What the Helm release is made of. */
export interface ReleaseInputs {
  readonly chart: string;
  readonly version?: string;
  readonly repositoryOpts?: { readonly repo?: string };
  readonly name: string;
  readonly namespace: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What the program makes of a stack's configuration. */
export interface Program {
  readonly namespace: string;
  /** The Kubernetes objects that it makes itself; those of the release are the chart's. */
  readonly objects: readonly Manifest[];
  readonly release: ReleaseInputs;
  /** Pull Secrets that it names and does not make. */
  readonly existing: readonly string[];
  /** On how many nodes its pull check pulls; none where it has none. */
  readonly pullCheckNodes: number;
}

/**
 * Runs the components on a stack's configuration against mocks: no engine, no cluster, no registry. Names that Pulumi
 * completes end in `…` here.
 *
 * The mocks are the whole process's, so this is nothing for inside another Pulumi program.
 *
 * @throws UserError with all that `loadConfig` finds wrong
 */
export async function runProgram(stack: string, { project, values, secretKeys }: RedactedConfig): Promise<Program> {
  const objects: Manifest[] = [];
  let release: ReleaseInputs | undefined;
  const newResource = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult => {
    const given = revealed(inputs) as Record<string, unknown> & Pick<Manifest, "metadata">;
    if (type === "kubernetes:helm.sh/v3:Release") {
      release = given as unknown as ReleaseInputs;
      return { id: name, state: { ...given, status: { status: "deployed", revision: 1 } } };
    }
    if (!type.startsWith("kubernetes:")) return { id: name, state: { ...given, result: "placeholder" } };
    const state = { ...given, metadata: { name: `${name}-…`, uid: "placeholder", ...given.metadata } };
    objects.push({ kind: type.split(":").pop(), ...state });
    return { id: state.metadata.name, state };
  };

  await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, project, stack);
  pulumi.runtime.setAllConfig({ ...values }, [...secretKeys]);
  // The SDK takes a stack trace for every promise, and to map one back to TypeScript takes longer than all else here.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const { fleet, existing } = loadConfig();
    new Fleet("fleet", { ...fleet, existing: [...existing] });
    await pulumi.runtime.disconnect();
    if (release === undefined) throw new Error("the program made no Helm release");
    return {
      namespace: fleet.namespace,
      objects,
      release,
      existing: existing.map(({ name }) => name),
      pullCheckNodes: fleet.pullCheck === false ? 0 : (fleet.pullCheckNodes ?? 1),
    };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Inputs without the marks of secrets: what is in them here is a placeholder. */
function revealed(value: unknown): unknown {
  const plain: unknown = pulumi.runtime.isRpcSecret(value) ? pulumi.runtime.unwrapRpcSecret(value) : value;
  if (Array.isArray(plain)) return plain.map(revealed);
  if (typeof plain !== "object" || plain === null) return plain;
  return Object.fromEntries(Object.entries(plain).map(([key, inner]) => [key, revealed(inner)]));
}
