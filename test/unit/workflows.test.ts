import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { checkout } from "../../local/support/paths";

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
}

interface Job {
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** What a workflow's jobs may do beyond reading the repository. */
const writes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  preview: { contents: "read", "pull-requests": "write" },
};

/** What is wrong with a workflow, of what an attacker could use. */
function mistakesIn(text: string): readonly string[] {
  const workflow = yaml.parse(text) as Workflow;
  const mistakes: string[] = [];
  const check = (isRight: boolean, mistake: string) => {
    if (!isRight) mistakes.push(mistake);
  };
  const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  check(isSame(workflow.permissions, { contents: "read" }), "every job starts with more than reading");
  check(!("pull_request_target" in workflow.on || "workflow_run" in workflow.on), "a stranger's code meets secrets");
  check(!/github\.(triggering_)?actor/.test(text), "who touched last decides");
  for (const [name, job] of Object.entries(workflow.jobs)) {
    check(isSame(job.permissions, writes[name]), `${name} has other permissions`);
    const usesSecrets = JSON.stringify(job).includes("secrets.");
    check(!usesSecrets || job.environment !== undefined, `${name} has secrets without an environment that guards them`);
    for (const { uses, with: inputs, run } of job.steps) {
      // In an action or a variable it is data; in a script it is a part of the script.
      check(!run?.includes("${{"), `${name} puts an expression into a script`);
      if (uses === undefined) continue;
      const version = new RegExp(`^ +(- )?uses: ${uses} # v\\d+\\.\\d+\\.\\d+(, .*)?$`, "m");
      check(/^[\w./-]+@[0-9a-f]{40}$/.test(uses), `${uses} is no commit`);
      check(version.test(text), `${uses} has no version beside it`);
      if (uses.startsWith("actions/checkout@")) {
        check(inputs?.["persist-credentials"] === false, `${name} leaves the token in .git/config`);
      }
    }
  }
  return mistakes;
}

const folder = path.join(checkout, ".github");
const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");

describe("the workflows in .github", () => {
  const names = fs.readdirSync(path.join(folder, "workflows"));

  it("are all looked at", () =>
    assert.deepEqual(names.sort(), ["drift.yml", "expiry.yml", "preview.yml", "test.yml", "up.yml"]));

  for (const name of names) {
    it(`${name} gives an attacker nothing`, () => assert.deepEqual(mistakesIn(read(`workflows/${name}`)), []));
  }

  it("take the same commit of an action everywhere", () => {
    const used = new Set(names.flatMap((name) => read(`workflows/${name}`).match(/uses: \S+/g) ?? []));
    const actions = [...used].map((one) => one.replace(/@.*/, ""));
    assert.deepEqual(actions.sort(), [...new Set(actions)].sort());
  });

  it("preview nothing that Dependabot has written, whoever touched it last", () => {
    const { jobs } = yaml.parse(read("workflows/preview.yml")) as { jobs: Record<string, { if: string }> };
    assert.match(jobs.preview?.if ?? "", /&& github\.event\.pull_request\.user\.login != 'dependabot\[bot\]' &&/);
  });

  it("are kept up to date, as the npm packages are", () => {
    const { updates } = yaml.parse(read("dependabot.yml")) as { updates: Record<string, unknown>[] };
    assert.deepEqual(
      updates.map((one) => one["package-ecosystem"]),
      ["github-actions", "npm"],
    );
  });

  it("would be refused with any of these", () => {
    const bad = `
on: { pull_request_target: {} }
jobs:
  preview:
    if: github.actor != 'dependabot[bot]'
    permissions: write-all
    steps:
      - uses: actions/checkout@v5
      - uses: actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830
      - run: echo "\${{ github.event.pull_request.title }}"
        env: { TOKEN: "\${{ secrets.TOKEN }}" }
`;
    assert.deepEqual(mistakesIn(bad), [
      "every job starts with more than reading",
      "a stranger's code meets secrets",
      "who touched last decides",
      "preview has other permissions",
      "preview has secrets without an environment that guards them",
      "actions/checkout@v5 is no commit",
      "actions/checkout@v5 has no version beside it",
      "preview leaves the token in .git/config",
      "actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830 has no version beside it",
      "preview puts an expression into a script",
    ]);
  });
});
