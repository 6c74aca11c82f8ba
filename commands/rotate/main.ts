import * as fs from "node:fs";
import { checkPassword } from "../../registry/credential-fields";
import type { SecretText } from "../../registry/secret-text";
import { main, say, step } from "../terminal";
import { timelineSvg } from "../timeline";
import { UserError } from "../../components/user-error";
import { pulumiOperations } from "./operations";
import { findTargets } from "./targets";
import { Pulumi } from "./pulumi";
import { closing, resultJson, resultText } from "./report";
import { parseRequest, stacksOf, type RotateRequest } from "./request";
import { rotate, type Outcome } from "./rotation";
import { listenForSignals } from "./signals";
import { Staging } from "./staging";
import { askHidden, Interrupted, readAll } from "./terminal-input";
import { failureWords } from "./failure-words";
import { waveTimeline, type RecordedUpdate } from "./wave-timeline";

/** `make rotate`: one registry's new password in many stacks, in the project of the current folder. */
async function command(): Promise<void> {
  const request = parseRequest(process.env);
  if (!("server" in request)) throw new UserError(request);

  const pulumi = new Pulumi(process.cwd());
  const interrupted = listenForSignals(pulumi);
  const existing = await step("Looking for the stacks", () => existingStacks(pulumi));
  const { project, targets, problems } = findTargets(process.cwd(), request, existing);
  if (problems.length > 0) throw new UserError(problems);

  const staging = new Staging(pulumi);
  try {
    const password = await readPassword(request, interrupted);
    const recorded: RecordedUpdate[] = [];
    const context = {
      ...{ request, project, password, pulumi, staging, interrupted, stacks: targets.length },
      ...(request.svg !== undefined && { recorded }),
    };
    say(`Previewing ${targets.length} of them, ${Math.min(request.parallel, targets.length)} at a time …`);
    const outcome = await rotate(targets, request.parallel, pulumiOperations(context));
    draw(request, recorded);
    report(request, outcome);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    report(request, { end: "interrupted", stacks: [] });
  } finally {
    staging.remove();
  }
}

async function existingStacks(pulumi: Pulumi): Promise<string[]> {
  const listed = await pulumi.run(["stack", "ls", "--json"]);
  if (listed.code !== 0) {
    const [first, ...more] = failureWords(listed);
    throw new UserError([`pulumi stack ls: ${first}`, ...more].map((sentence) => ({ code: "failing", sentence })));
  }
  return (JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => name);
}

/** From the terminal without showing it, or from standard input; never from an argument or the environment. */
async function readPassword(request: RotateRequest, interrupted: AbortSignal): Promise<SecretText> {
  const { stdin, stderr } = process;
  const password = stdin.isTTY
    ? await askHidden(`New password for ${request.server} (not shown): `, {
        terminal: stdin,
        output: stderr,
        interrupted,
      })
    : await readAll(stdin, interrupted);
  const again = `make rotate SERVER="${request.server}" STACKS="${stacksOf(request)}"`;
  const mistake = checkPassword(password.reveal(), again);
  if (mistake !== undefined) throw new UserError([{ ...mistake, place: "The password" }]);
  return password;
}

/** The rotation is done by then, so a drawing that cannot be written is told of and is no failure. */
function draw({ server, svg }: RotateRequest, recorded: readonly RecordedUpdate[]): void {
  if (svg === undefined || recorded.length === 0) return;
  try {
    fs.writeFileSync(svg, timelineSvg(waveTimeline(server, recorded)));
    say(`${svg} shows the updates on one time axis.`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    say(`SVG: ${svg} could not be written (${code ?? message}); the rotation does not depend on it.`);
  }
}

/** For machines, a mistake is a document too. */
function reportMistake(error: unknown): never {
  if (process.env.JSON === "1" && error instanceof UserError) {
    process.stdout.write(`${JSON.stringify({ outcome: "mistake", problems: error.issues }, undefined, 2)}\n`);
  }
  throw error;
}

function report(request: RotateRequest, outcome: Outcome): void {
  const result = resultText(outcome);
  const text = `${result === "" ? "" : `\n${result}\n`}\n${closing(outcome)}\n`;
  (request.json ? process.stderr : process.stdout).write(text);
  if (request.json) process.stdout.write(`${resultJson(request.server, outcome)}\n`);
  process.exitCode =
    outcome.end === "rotated" || outcome.end === "unchanged" ? 0 : outcome.end === "interrupted" ? 130 : 1;
}

main(() => command().catch(reportMistake));
