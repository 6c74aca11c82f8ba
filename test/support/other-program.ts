import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { removeRegistryUser, setRegistryUser, type Cluster } from "../../local/cluster";
import { runKubectl } from "../../local/session";
import { Stack } from "../../local/stack";
import { checkout, stateDir } from "../../local/support/paths";
import { chart } from "./chart";
import { databasePassword, externalDatastores } from "./external-datastores";
import { session } from "./session";

/** A stack of a program of somebody else's that uses `Fleet`, with datastores that it did not make. */
export interface OtherProgram {
  readonly stack: Stack;
  /** The account that it pulls with; its password is `one`. */
  readonly username: string;
  /** Takes away what stands beside the stack. */
  remove(): Promise<void>;
}

/**
 * @param project a folder of test/fixtures and its project's name: it reads `args` (of `Fleet`), `context`, `server`, and the
 *   encrypted `password` and `privateKey`
 * @param config what it reads besides
 */
export async function otherProgram(
  name: string,
  project: string,
  config: (cluster: Cluster) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>,
): Promise<OtherProgram> {
  const namespace = `test-${name}`;
  const username = `puller-${name}`;
  const folder = path.join(stateDir, "test", name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  await runKubectl(session(), ["delete", "namespace", namespace, "--ignore-not-found"]);
  const datastores = await externalDatastores(name);
  await setRegistryUser(username, "one");
  const { tools, env, cluster } = session();
  const { server } = cluster.registry;
  const fixture = path.join(checkout, "test", "fixtures", project);
  const stack = new Stack({ name, folder, tools, env, passphrase: "test", project: fixture });
  const args = {
    namespace,
    imageRepository: `${server}/fleetdm/fleet`,
    imageTag: "v4.85.0",
    registries: { [server]: { username } },
    replicas: 1,
    chart: path.resolve(checkout, await chart()),
    database: { ...(datastores.config["fleet:database"] as object), password: databasePassword },
    cache: datastores.config["fleet:cache"],
  };
  const own = { context: cluster.context, server, args, ...(await config(cluster)) };
  await stack.init(
    yaml.stringify(
      {
        config: {
          "pulumi:disable-default-providers": ["kubernetes"],
          ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${project}:${key}`, value])),
        },
      },
      // Not folded: each `pulumi config set` adds empty lines to a folded text, and a kubeconfig that differs is an update of its provider.
      { lineWidth: 0 },
    ),
  );
  await stack.set("password", "one", true);
  await stack.set("privateKey", "0123456789abcdef0123456789abcdef", true);
  return {
    stack,
    username,
    async remove() {
      await datastores.remove();
      await removeRegistryUser(username);
    },
  };
}
