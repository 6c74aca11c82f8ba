import * as path from "node:path";
import { parseArgs } from "node:util";
import { checkout } from "../support/paths";
import { main, UserMistake } from "../support/terminal";
import { explainStack } from "./explain-stack";
import { report } from "./report";

const usage = "make explain STACK=dev [JSON=1] [PUBLIC=mirror.example.com:5000,ghcr.io/acme/public]";

main(async () => {
  const { stack, json, ...options } = readArguments(process.argv.slice(2));
  process.chdir(checkout); // a chart in a folder is named from here
  const coverage = await explainStack({ stack, ...options });
  process.stdout.write(json ? `${JSON.stringify(coverage, null, 2)}\n` : report(coverage));
  if (coverage.problems.length > 0) process.exitCode = 1;
});

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
    throw new UserMistake(`${error instanceof Error ? error.message : String(error)}; write ${usage}`);
  }
}
