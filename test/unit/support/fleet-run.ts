import type * as pulumi from "@pulumi/pulumi";
import type { FleetArgs } from "../../../components/fleet-args";
import { record, type Recording } from "./recording";

/** A stack with one registry and datastores of its own. */
export const bundled = {
  imageTag: "v4.85.0",
  imageRepository: "registry.example.com/fleet",
  registries: { "registry.example.com": { username: "puller" } },
  passwords: { "registry.example.com": "marker-registry" },
} satisfies FleetArgs;

/** The same with MySQL, Redis and private key that the stack brings, in Secrets that exist: pull Secrets aside, nothing is made. */
export const external = {
  ...bundled,
  database: { address: "mysql.example.com:3306", passwordSecret: { secretName: "db", key: "pw" } },
  cache: { address: "redis.example.com:6379" },
  privateKeySecret: { secretName: "key", key: "private" },
} satisfies FleetArgs;

/** Runs the component `Fleet` as `fleet`; its options come of resources that are made in the same run. */
export const deploy = (
  args: FleetArgs,
  options: () => Promise<pulumi.ComponentResourceOptions> | undefined = () => undefined,
) =>
  record(async () => {
    const { Fleet } = await import("../../../components/fleet");
    return new Fleet("fleet", args, await options());
  });

const runs = new WeakMap<FleetArgs, Promise<Recording>>();

/** What a run registers; of one arguments object, one run. */
export function recordingOf(args: FleetArgs): Promise<Recording> {
  const run = runs.get(args) ?? deploy(args).then(({ recording }) => recording);
  runs.set(args, run);
  return run;
}

/** The error that the component throws. */
export async function refusalOf(args: FleetArgs): Promise<unknown> {
  const { result } = await record(async () => {
    const { Fleet } = await import("../../../components/fleet");
    try {
      return new Fleet("fleet", args);
    } catch (error) {
      return error;
    }
  });
  return result;
}

/** The inputs of the Helm release, and its chart values. */
export function releaseOf(recording: Recording): { inputs: Record<string, unknown>; values: Record<string, unknown> } {
  const { inputs } = recording.get("Release fleet");
  return { inputs, values: inputs.values as Record<string, unknown> };
}
