import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { credentials, Metadata } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { parseVersion } from "./find";

/** Milliseconds that a plugin may take to start and answer. */
const patience = 20_000;

/**
 * What a provider plugin says its version is, such as `4.32.0`. It is asked as the engine asks: plugins have no common flag for it.
 * @throws Error when it does not start or does not answer
 */
export async function pluginVersion(file: string): Promise<string> {
  // The engine's address, which is only used by requests that need it.
  const plugin = spawn(file, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "ignore"], timeout: patience });
  try {
    const [port] = (await once(createInterface(plugin.stdout), "line")) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const version = await new Promise<string>((resolve, reject) => {
      client.getPluginInfo(new Empty(), new Metadata(), { deadline: Date.now() + patience }, (error, info) =>
        error ? reject(error) : resolve(info.getVersion()),
      );
    }).finally(() => client.close());
    return parseVersion(version)?.join(".") ?? version;
  } finally {
    plugin.kill();
  }
}
