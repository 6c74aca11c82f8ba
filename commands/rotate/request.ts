import { isIssue, issueText } from "../../registry/issue";
import { checkFlag, isStackName, jsonPurpose, stackNameFix, type Variables } from "../make-variables";
import { parseServer } from "../../registry/server";
import { shownKey } from "../../registry/shown-key";

/** What a person asks for: one registry's new password in many stacks. */
export interface RotateRequest {
  /** The registry as the person wrote it. */
  readonly server: string;
  /** The same as `parseServer` writes it, by which stacks are searched for it. */
  readonly canonical: string;
  /** Stacks by wave: a wave's stacks are updated together, one wave after another. */
  readonly waves: readonly (readonly string[])[];
  /** Whether the question is answered beforehand. */
  readonly yes: boolean;
  /** Whether one JSON document is the whole standard output. */
  readonly json: boolean;
  /** How many stacks are previewed, or of one wave updated, at the same time. */
  readonly parallel: number;
}

const example = 'make rotate SERVER=registry.example.com STACKS="dev staging,qa production"';

/**
 * Reads a request from the variables that `make` hands on.
 *
 * @returns the request, or every problem with it, one sentence each
 */
export function parseRequest(variables: Variables): RotateRequest | readonly string[] {
  const { SERVER: server = "", STACKS: stacks = "", YES: yes = "", JSON: json = "", PARALLEL = "" } = variables;
  const problems: string[] = [];

  const parsed = parseServer(server);
  if (server === "") problems.push(`SERVER is not set; name the registry: ${example}`);
  else if (isIssue(parsed)) problems.push(`SERVER ${shownKey(server)} ${issueText(parsed)}`);

  const waves = parseWaves(stacks);
  problems.push(...checkWaves(waves));

  for (const [name, purpose] of [
    ["YES", "answer the question beforehand"],
    ["JSON", jsonPurpose],
  ] as const) {
    const problem = checkFlag(variables, name, purpose);
    if (problem !== undefined) problems.push(problem);
  }
  const parallel = PARALLEL === "" ? 4 : Number(PARALLEL);
  if (!Number.isInteger(parallel) || parallel < 1) {
    problems.push(`PARALLEL is ${PARALLEL}; set a whole number from 1 up, or leave it out for 4`);
  }

  if (problems.length > 0 || isIssue(parsed)) return problems;
  return { server, canonical: parsed.canonical, waves, yes: yes === "1", json: json === "1", parallel };
}

/** The stacks as the person wrote them. */
export function stacksOf({ waves }: RotateRequest): string {
  return waves.map((wave) => wave.join(",")).join(" ");
}

/** White space ends a wave, a comma joins two stacks of one: `dev staging,qa production`. */
function parseWaves(stacks: string): string[][] {
  const text = stacks.trim().replaceAll(/\s*,\s*/g, ",");
  return text === "" ? [] : text.split(/\s+/).map((wave) => wave.split(","));
}

function checkWaves(waves: readonly (readonly string[])[]): string[] {
  if (waves.length === 0) return [`STACKS is not set; name the stacks in the order of their updates: ${example}`];
  const names = waves.flat();
  const problems: string[] = [];
  if (names.includes("")) {
    problems.push(
      'STACKS has a comma with no stack beside it; a comma joins two stacks of one wave: STACKS="dev staging,qa production"',
    );
  }
  for (const name of new Set(names.filter((name) => name !== ""))) {
    if (!isStackName(name)) {
      problems.push(`STACKS names ${JSON.stringify(name)}, which no stack is called; ${stackNameFix}`);
    }
    if (names.indexOf(name) !== names.lastIndexOf(name))
      problems.push(`STACKS names ${name} twice; keep one of the two`);
  }
  return problems;
}
