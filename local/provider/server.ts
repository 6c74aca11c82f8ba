import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { parseArgs } from "node:util";

import { resolveKubeconfig } from "./kubeconfig";
import { kubernetesService } from "./kubernetes-service";
import { randomService } from "./random-service";
import { Sessions } from "./session";

// As large as the engine's own limit: a release's values may be.
const largest = 400 * 1024 * 1024;

function serve(service: UntypedServiceImplementation): Promise<number> {
  const server = new Server({
    "grpc.max_receive_message_length": largest,
    "grpc.max_send_message_length": largest,
  });
  server.addService(ResourceProviderService, service);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

/** Serves both providers until standard input closes, which it does when the process that started this one ends. */
async function main(): Promise<void> {
  const { kubeconfig } = parseArgs({ options: { kubeconfig: { type: "string" } } }).values;
  if (!kubeconfig) throw new Error("--kubeconfig FILE is missing");
  const local = resolveKubeconfig({ kubeconfig, env: process.env, folder: process.cwd() });
  const ports = {
    kubernetes: await serve(kubernetesService(new Sessions(local))),
    random: await serve(randomService()),
  };
  process.stdout.write(`${JSON.stringify(ports)}\n`);
  const end = () => process.exit(0);
  process.stdin.on("end", end).resume();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
