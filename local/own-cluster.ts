import * as path from "node:path";
import { runningCluster } from "./cluster";
import { startStandIns } from "./provider";
import type { Session } from "./session";
import { stateDir } from "./support/paths";
import { UserMistake } from "./support/terminal";
import { ensurePulumiTools } from "./toolchain";

const variables = {
  REGISTRY_SERVER: "the registry that the cluster pulls from, such as registry.example.com",
  REGISTRY_USERNAME: "an account that may pull there",
  REGISTRY_PASSWORD: "its password or token",
  REGISTRY_NEW_PASSWORD: "a second one that is accepted as well, for the rotation",
};

/** A cluster and a registry that the user has. The registry must hold the images of `Pulumi.dev.yaml` under the same paths. */
export async function openOwnCluster(context: string): Promise<Session> {
  const { REGISTRY_SERVER, REGISTRY_USERNAME, REGISTRY_PASSWORD, REGISTRY_NEW_PASSWORD } = process.env;
  if (!REGISTRY_SERVER || !REGISTRY_USERNAME || !REGISTRY_PASSWORD || !REGISTRY_NEW_PASSWORD) {
    const missing = Object.entries(variables).filter(([name]) => !process.env[name]);
    throw new UserMistake(
      `KUBE_CONTEXT uses your own cluster, which needs your own registry; set ${missing.map(([name, what]) => `${name} (${what})`).join(", ")}.`,
    );
  }
  const tools = await ensurePulumiTools();
  const registry = {
    server: REGISTRY_SERVER,
    username: REGISTRY_USERNAME,
    password: REGISTRY_PASSWORD,
    newPassword: () => Promise.resolve(REGISTRY_NEW_PASSWORD),
  };
  const folder = path.join(stateDir, "contexts", context);
  const session = { tools, registry, folder, cluster: { context }, env: {}, close: () => Promise.resolve() };
  if (tools.providers === "official") return session;

  const local = await runningCluster();
  if (local === undefined || local.context !== context || process.env.KUBECONFIG !== local.kubeconfig) {
    throw new UserMistake(
      "KUBE_CONTEXT needs the official Pulumi plugins, which cannot be had on this network: " +
        "put pulumi-resource-kubernetes and pulumi-resource-random on PATH. The stand-ins serve the local cluster alone.",
    );
  }
  const standIns = await startStandIns({ kubeconfig: local.kubeconfig, env: tools.env });
  return { ...session, env: standIns.env, close: () => standIns.stop() };
}
