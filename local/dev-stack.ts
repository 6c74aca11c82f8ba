import * as fs from "node:fs";
import * as path from "node:path";
import type { Session } from "./session";
import { sandboxPassphrase, Stack } from "./stack";
import { checkout } from "./support/paths";

/** The server that `Pulumi.dev.yaml` is written for; a registry that runs has another address. */
const devServer = "registry.local:5000";

/** The account that `Pulumi.dev.yaml` pulls with. */
export const devUsername = "fleet-puller";

/**
 * The `dev` stack: a copy of `Pulumi.dev.yaml`, so that the checkout stays clean, for the cluster and the registry of a
 * session. What an earlier run that was killed left locked is unlocked.
 */
export async function openDevStack({ cluster, folder, tools, env }: Session): Promise<Stack> {
  const stack = new Stack({ name: "dev", folder, tools, env, passphrase: sandboxPassphrase });
  if (fs.existsSync(stack.configFile)) {
    await stack.unlock();
    return stack;
  }
  const dev = fs.readFileSync(path.join(checkout, "Pulumi.dev.yaml"), "utf8");
  await stack.init(dev.replaceAll(devServer, cluster.registry.server));
  stack.edit((config) => {
    config["kubernetes:context"] = cluster.context;
    config["kubernetes:kubeconfig"] = cluster.kubeconfig;
    config["fleet:registryCaCertificate"] = fs.readFileSync(cluster.registry.caFile, "utf8");
  });
  return stack;
}
