import * as path from "node:path";
import { parseArgs } from "node:util";
import { main } from "../terminal";
import { UserError } from "../../components/user-error";
import type { Clients } from "./clients";
import { explainStack } from "./explain-stack";
import { report } from "./report";

const usage = "make explain STACK=dev [JSON=1] [PUBLIC=mirror.example.com:5000,ghcr.io/acme/public]";

/** `make explain`: with which credential each image of a stack is pulled, in the project of the current folder. */
export function explain(clients: Clients): void {
  main(async () => {
    const { stack, json, ...options } = readArguments(process.argv.slice(2));
    const coverage = await explainStack(clients, { stack, ...options });
    process.stdout.write(json ? `${JSON.stringify(coverage, null, 2)}\n` : report(coverage));
    if (coverage.problems.length > 0) process.exitCode = 1;
  });
}

function readArguments(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        stack: { type: "string", default: "dev" },
        "config-file": { type: "string" },
        json: { type: "boolean", default: false },
        public: { type: "string", default: "" },
      },
    });
    return {
      stack: values.stack,
      json: values.json,
      publicImages: values.public.split(/[\s,]+/).filter((host) => host !== ""),
      ...(values["config-file"] !== undefined && { configFile: path.resolve(values["config-file"]) }),
    };
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}; write ${usage}`);
  }
}
