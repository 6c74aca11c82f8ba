import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import type { Cluster, NodeKind } from "./cluster";
import { mirrored, type PublicImage } from "./mirror";
import type { Session } from "./session";
import { sandboxPassphrase, Stack } from "./stack";
import { checkout } from "./support/paths";
import { UserError } from "../components/user-error";

/** The server that `Pulumi.dev.yaml` is written for; a registry that runs has another address. */
const devServer = "registry.local:5000";

/** The account that `Pulumi.dev.yaml` pulls with. */
const devUsername = "fleet-puller";

/** `small`: this project's small chart and images. `real`: Fleet's own. */
export type FleetKind = "small" | "real";

/**
 * What `FLEET` asks for; an empty value asks for nothing.
 * @throws UserError for another value, and where nothing would be pulled
 */
export function fleetKind(wanted: string | undefined, node: NodeKind): FleetKind {
  if (wanted === undefined || wanted === "") return "small";
  if (wanted !== "real") throw new UserError(`FLEET is "${wanted}"; set it to real, or leave it out.`);
  if (node === "simulated")
    throw new UserError(
      "FLEET=real needs a real node, since a simulated one pulls and runs nothing; leave FLEET out, or set LOCAL_NODE=real.",
    );
  return wanted;
}

/** One of the two stacks that `make local` deploys: they stand beside each other, and neither takes anything from the other. */
export interface DevStack {
  readonly fleet: FleetKind;
  readonly namespace: string;
  /** The account that it pulls with. */
  readonly username: string;
  /** Where it keeps its configuration and state. */
  readonly folder: string;
}

export function devStack(fleet: FleetKind, { folder }: Pick<Session, "folder">): DevStack {
  return fleet === "small"
    ? { fleet, namespace: "fleet", username: devUsername, folder }
    : { fleet, namespace: "fleet-real", username: `${devUsername}-real`, folder: `${folder}-real` };
}

/**
 * The stack `dev`: a copy of `Pulumi.dev.yaml`, so that the checkout stays clean, for the cluster and the registry of a
 * session. What an earlier run that was killed left locked is unlocked.
 */
export async function openDevStack({ cluster, tools, env }: Session, dev: DevStack): Promise<Stack> {
  const stack = new Stack({ name: "dev", folder: dev.folder, tools, env, passphrase: sandboxPassphrase });
  if (fs.existsSync(stack.configFile)) await stack.unlock();
  else await stack.init(devConfiguration(cluster, dev));
  return stack;
}

/** What a copy of `Pulumi.dev.yaml` holds. */
export function devConfiguration(
  { context, kubeconfig, registry }: Pick<Cluster, "context" | "kubeconfig" | "registry">,
  { fleet, namespace, username }: Pick<DevStack, "fleet" | "namespace" | "username">,
): string {
  const text = fleet === "small" ? readDev() : readDev().replaceAll(`${devServer}/`, mirrored(devServer, ""));
  const { config, ...others } = parseDev(text.replaceAll(devServer, registry.server).replaceAll(devUsername, username));
  return yaml.stringify({
    ...others,
    config: {
      ...config,
      "kubernetes:context": context,
      "kubernetes:kubeconfig": kubeconfig,
      "fleet:registryCaCertificate": fs.readFileSync(registry.caFile, "utf8"),
      "fleet:namespace": namespace,
      ...(fleet === "real" && realFleet),
    },
  });
}

/** Settings of the small images that do not suit Fleet's own. */
const realFleet = {
  // The program's defaults: Fleet's own chart, from its repository.
  "fleet:chart": undefined,
  // Hundreds of megabytes, and a database that is made and migrated.
  "fleet:pullCheckDeadlineSeconds": "600",
  "fleet:releaseTimeoutSeconds": "900",
  // Every five minutes it would look for feeds that its pod, which has no way out, does not reach.
  "fleet:vulnProcessing": { dedicated: true, schedule: "0 3 * * *" },
};

/** The public images that `Pulumi.dev.yaml` names. */
export function publicImages(): readonly PublicImage[] {
  const { config } = parseDev(readDev());
  const text = (key: string) => String(config[key]).replace(`${devServer}/`, "");
  return [
    { name: `${text("fleet:imageRepository")}:${text("fleet:imageTag")}`, key: "fleet:imageTag" },
    { name: text("fleet:mysqlImage"), key: "fleet:mysqlImage" },
    { name: text("fleet:valkeyImage"), key: "fleet:valkeyImage" },
  ];
}

const readDev = (): string => fs.readFileSync(path.join(checkout, "Pulumi.dev.yaml"), "utf8");
const parseDev = (text: string) => yaml.parse(text) as { readonly config: Readonly<Record<string, unknown>> };
