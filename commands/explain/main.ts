import { UserError } from "../../components/user-error";
import { main } from "../terminal";
import type { Clients } from "./clients";
import { explainStack } from "./explain-stack";
import { report } from "./report";
import { parseExplainRequest } from "./request";

/** `make explain`: with which credential each image of a stack is pulled, in the project of the current folder. */
export function explain(clients: Clients): void {
  main(async () => {
    const request = parseExplainRequest(process.env);
    if (!("stack" in request)) throw new UserError(request);
    const coverage = await explainStack(clients, request);
    process.stdout.write(request.json ? `${JSON.stringify(coverage, null, 2)}\n` : report(coverage));
    if (coverage.problems.length > 0) process.exitCode = 1;
  });
}
