import { spawn, type ChildProcess } from "node:child_process";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { checkout } from "../../local/support/paths";

/** How Pulumi's language host starts the plugin of this package. */
export const pluginCommand = [
  process.execPath,
  path.join(checkout, "node_modules/@pulumi/pulumi/cmd/run-plugin"),
  path.join(checkout, "plugin"),
] as const;

/** The plugin of this package, started as Pulumi's language host starts it, from a folder of somebody else's. */
export class Plugin {
  readonly client: ResourceProviderClient;

  private constructor(
    private readonly process: ChildProcess,
    port: string,
  ) {
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  /** @param engine the address of an engine that it may ask */
  static start(cwd: string, engine = "127.0.0.1:1"): Promise<Plugin> {
    const [node, ...args] = pluginCommand;
    const child = spawn(node, [...args, engine], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
    return new Promise((resolve, reject) => {
      // The port is the first that a plugin writes.
      child.stdout.once("data", (text: Buffer) => resolve(new Plugin(child, text.toString().trim())));
      child.once("exit", (code) => reject(new Error(`the plugin ended with ${code}: ${errors}`)));
    });
  }

  schema(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.client.getSchema(new GetSchemaRequest(), (error, response) => {
        if (error !== null) reject(error);
        else resolve(response.getSchema());
      });
    });
  }

  stop(): void {
    this.client.close();
    this.process.kill();
  }
}
