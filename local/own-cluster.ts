import * as fs from "node:fs";
import { runningCluster } from "./cluster";
import { folderOfContext } from "./contexts";
import { startStandIns } from "./provider";
import type { Session } from "./session";
import { sandboxPassphrase, Stack } from "./stack";
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
  const { REGISTRY_SERVER, REGISTRY_USERNAME, REGISTRY_PASSWORD, REGISTRY_NEW_PASSWORD, REGISTRY_CA_FILE } =
    process.env;
  if (!REGISTRY_SERVER || !REGISTRY_USERNAME || !REGISTRY_PASSWORD || !REGISTRY_NEW_PASSWORD) {
    const missing = Object.entries(variables).filter(([name]) => !process.env[name]);
    throw new UserMistake(
      `KUBE_CONTEXT uses your own cluster, which needs your own registry; set ${missing.map(([name, what]) => `${name} (${what})`).join(", ")}.`,
    );
  }
  if (REGISTRY_NEW_PASSWORD === REGISTRY_PASSWORD) {
    throw new UserMistake(
      "REGISTRY_NEW_PASSWORD is the same as REGISTRY_PASSWORD, which rotates nothing; set it to a second one.",
    );
  }
  const registry = {
    server: REGISTRY_SERVER,
    username: REGISTRY_USERNAME,
    ...(REGISTRY_CA_FILE && { caFile: REGISTRY_CA_FILE }),
    password: REGISTRY_PASSWORD,
    newPassword: () => Promise.resolve(REGISTRY_NEW_PASSWORD),
  };
  return { ...(await connect(context)), registry, cluster: { context }, folder: folderOfContext(context) };
}

/** Destroys what `make local` deployed to a cluster that the user has. */
export async function destroyOnOwnCluster(context: string): Promise<void> {
  const { tools, env, close } = await connect(context);
  try {
    const folder = folderOfContext(context);
    const stack = new Stack({ name: "dev", folder, tools, env, passphrase: sandboxPassphrase });
    // A run that was killed may have left a lock, or have ended before there was a stack.
    const stacks = JSON.parse(await stack.pulumi(["stack", "ls", "--json"])) as { name: string }[];
    if (stacks.some(({ name }) => name === "dev")) {
      await stack.unlock();
      const { code, stdout, stderr } = await stack.destroy();
      if (code !== 0) throw new UserMistake(`pulumi destroy failed on ${context}:\n${stdout}\n${stderr}`);
    }
    fs.rmSync(folder, { recursive: true });
  } finally {
    await close();
  }
}

async function connect(context: string): Promise<Pick<Session, "tools" | "env" | "close">> {
  const tools = await ensurePulumiTools();
  if (tools.providers === "official") return { tools, env: {}, close: () => Promise.resolve() };

  const local = await runningCluster();
  if (local === undefined || local.context !== context || process.env.KUBECONFIG !== local.kubeconfig) {
    throw new UserMistake(
      "KUBE_CONTEXT needs the official Pulumi plugins, which cannot be had on this network: " +
        "put pulumi-resource-kubernetes and pulumi-resource-random on PATH. The stand-ins serve the local cluster alone.",
    );
  }
  const standIns = await startStandIns({ kubeconfig: local.kubeconfig, env: tools.env });
  return { tools, env: standIns.env, close: () => standIns.stop() };
}
