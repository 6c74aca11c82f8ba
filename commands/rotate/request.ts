import { isIssue, type Issue, type IssueCode } from "../../registry/issue";
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
  /** The file that a drawing of the updates goes to, on one time axis. */
  readonly svg?: string;
}

const example = 'make rotate SERVER=registry.example.com STACKS="dev staging,qa production"';

/**
 * Reads a request from the variables that `make` hands on.
 *
 * @returns the request, or every problem with it
 */
export function parseRequest(variables: Variables): RotateRequest | readonly Issue[] {
  const {
    SERVER: server = "",
    STACKS: stacks = "",
    YES: yes = "",
    JSON: json = "",
    PARALLEL = "",
    SVG: svg = "",
  } = variables;
  const problems: Issue[] = [];

  const parsed = parseServer(server);
  if (server === "") {
    problems.push({ code: "missing", place: "SERVER", sentence: "is not set", fix: `name the registry: ${example}` });
  } else if (isIssue(parsed)) {
    problems.push({ ...parsed, place: `SERVER ${shownKey(server)}` });
  }

  const waves = parseWaves(stacks);
  problems.push(
    ...checkWaves(waves),
    ...checkFlag(variables, "YES", "answer the question beforehand"),
    ...checkFlag(variables, "JSON", jsonPurpose),
  );
  const parallel = PARALLEL === "" ? 4 : Number(PARALLEL);
  if (!Number.isInteger(parallel) || parallel < 1) {
    const fix = "set a whole number from 1 up, or leave it out for 4";
    problems.push({ code: "malformed", place: "PARALLEL", sentence: `is ${PARALLEL}`, fix });
  }

  if (svg !== "" && !/[^/]\.svg$/.test(svg)) {
    const fix = "name a file that ends with .svg, or leave it out for no drawing";
    problems.push({ code: "malformed", place: "SVG", sentence: `is ${JSON.stringify(svg)}`, fix });
  }

  if (problems.length > 0 || isIssue(parsed)) return problems;
  const flags = { yes: yes === "1", json: json === "1", parallel };
  return { server, canonical: parsed.canonical, waves, ...flags, ...(svg !== "" && { svg }) };
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

function checkWaves(waves: readonly (readonly string[])[]): readonly Issue[] {
  const issue = (code: IssueCode, sentence: string, fix: string): Issue => ({ code, place: "STACKS", sentence, fix });
  if (waves.length === 0) {
    return [issue("missing", "is not set", `name the stacks in the order of their updates: ${example}`)];
  }
  const names = waves.flat();
  const problems: Issue[] = [];
  if (names.includes("")) {
    const fix = 'a comma joins two stacks of one wave: STACKS="dev staging,qa production"';
    problems.push(issue("malformed", "has a comma with no stack beside it", fix));
  }
  for (const name of new Set(names.filter((name) => name !== ""))) {
    if (!isStackName(name)) {
      problems.push(issue("malformed", `names ${JSON.stringify(name)}, which no stack is called`, stackNameFix));
    }
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      problems.push(issue("duplicate", `names ${name} twice`, "keep one of the two"));
    }
    // With or without organization and project, a stack's file is the same.
    const first = names.find((other) => other.split("/").pop() === name.split("/").pop());
    if (first !== undefined && first !== name) {
      problems.push(issue("duplicate", `names ${first} and ${name}, which have one file`, "keep one of the two"));
    }
  }
  return problems;
}
