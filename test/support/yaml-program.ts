import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { Stack } from "../../local/stack";
import { ensureYamlHost } from "../../local/toolchain/pulumi-cli";
import { stateDir } from "../../local/support/paths";
import { pluginCommand } from "./plugin";
import { session } from "./session";

/**
 * A stack of a YAML program that uses this package, with the encrypted value `registryPassword`.
 *
 * @param program the resources and outputs
 */
export async function yamlStack(name: string, program: object, registryPassword: string): Promise<Stack> {
  const folder = path.join(stateDir, "test", name);
  fs.rmSync(folder, { recursive: true, force: true });
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin, { recursive: true });
  // A language host that is too old for plugins from source takes an executable on PATH.
  const script = `#!/bin/sh\nexec ${pluginCommand.map((word) => `'${word}'`).join(" ")} "$@"\n`;
  fs.writeFileSync(path.join(bin, "pulumi-resource-fleet"), script, { mode: 0o755 });
  const { tools, env, cluster } = session();
  const config = { registryPassword: { type: "string", secret: true } };
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), yaml.stringify({ name, runtime: "yaml", config, ...program }));
  const yamlHost = path.dirname(await ensureYamlHost(tools.pulumi));
  const searchPath = [bin, tools.env.PATH, yamlHost].join(path.delimiter);
  const stack = new Stack({
    name,
    folder,
    tools,
    env: { ...env, PATH: searchPath },
    passphrase: "test",
    project: folder,
  });
  const { kubeconfig, context } = cluster;
  await stack.init(yaml.stringify({ config: { "kubernetes:kubeconfig": kubeconfig, "kubernetes:context": context } }));
  await stack.set("registryPassword", registryPassword, true);
  return stack;
}
