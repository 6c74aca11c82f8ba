import { randomBytes } from "node:crypto";
import { removeRegistryUser, setRegistryUser } from "./cluster";
import { type DevStack, publicImages } from "./dev-stack";
import { mirrorImages } from "./mirror";
import type { Session } from "./session";
import { step } from "../commands/terminal";
import { ensureSkopeo } from "./toolchain";

/** Puts Fleet's own image and those of MySQL and Valkey into the local registry. */
export async function mirrorFleet({ cluster }: Session, { folder }: DevStack): Promise<void> {
  const skopeo = await ensureSkopeo();
  const pusher = { username: "mirror", password: randomBytes(18).toString("base64") };
  await setRegistryUser(pusher.username, pusher.password);
  try {
    const to = { ...cluster.registry, ...pusher, folder };
    await step("Copying the images into the registry", () => mirrorImages(skopeo, publicImages(), to));
  } finally {
    await removeRegistryUser(pusher.username);
  }
}

/**
 * A command for a shell that makes Fleet answer on `localhost`. Its Service's address is in the node's network alone, and without TLS
 * a browser keeps Fleet's session cookie on `localhost` only.
 */
export function portForward({ cluster, tools }: Session, namespace: string, port = 8080): string {
  const flags = ["--kubeconfig", cluster.kubeconfig, "--namespace", namespace];
  const command = [tools.kubectl, ...flags, "port-forward", "deployment/fleet", `${port}:8080`];
  const quoted = command.map((word) => (/^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  // A proxy of that shell would not find the cluster.
  return [`NO_PROXY=${cluster.address}`, ...quoted].join(" ");
}
