import * as pulumi from "@pulumi/pulumi";

/** The module of each copy of the SDK that writes messages. */
const logModule = /[\\/]@pulumi[\\/]pulumi[\\/]log[\\/]index\.js$/;

/**
 * Drops the debug messages of Pulumi's SDK. It writes each answer about a resource into one, secrets in plain text
 * (`@pulumi/pulumi` 3.270.0, runtime/resource.js: "RPC finished: … resp"), and the engine passes them on whether or not
 * anybody asked: to every `--event-log`, which is also what the Automation API reads, to `--debug` and to logs from `-v=3`.
 *
 * Of every copy that is loaded: a program with an SDK of another version has several, and `@pulumi/random` may use the program's.
 */
export function dropDebugMessages(): void {
  const copies = Object.entries(require.cache).filter(([file]) => logModule.test(file));
  for (const log of [pulumi.log, ...copies.map(([, loaded]) => loaded?.exports as object | undefined)])
    if (log !== undefined) Object.assign(log, { debug: () => Promise.resolve() });
}
