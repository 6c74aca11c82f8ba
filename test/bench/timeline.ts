import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventLog, type EngineEvent } from "../../commands/rotate/engine-events";
import { eventsIn, nameIn } from "../support/engine-events";
import { markdownTable } from "../support/report";
import { succeeded, type TestStack } from "../support/test-stack";

/** A part of a run: what happens from the end of the part before to the first event that is `end`. */
interface Part {
  readonly what: string;
  readonly whose: string;
  /** Nothing for the end of the process. */
  readonly end?: (event: EngineEvent) => boolean;
}

type Step = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

const begins = (is: (step: Step) => boolean) => (event: EngineEvent) =>
  event.resourcePreEvent !== undefined && is(event.resourcePreEvent.metadata);
const ends = (is: (step: Step) => boolean) => (event: EngineEvent) =>
  event.resOutputsEvent !== undefined && is(event.resOutputsEvent.metadata);
const ofType = (type: string) => (step: Step) => step.urn.includes(`${type}::`);
const isClusterRead = ({ op }: Step) => op === "read";

const start: readonly Part[] = [
  { what: "project, configuration and state are read", whose: "Pulumi", end: (one) => one.preludeEvent !== undefined },
  { what: "Node.js starts and loads the SDK", whose: "Pulumi, Node.js", end: begins(ofType("pulumi:pulumi:Stack")) },
  {
    what: "the program is loaded, and the Kubernetes plugin starts",
    whose: "this program, the plugin",
    end: begins(isClusterRead),
  },
  { what: "the cluster says who it is; registries are asked meanwhile", whose: "the plugin", end: ends(isClusterRead) },
  {
    what: "the registries' answers that are still missing",
    whose: "this program",
    end: begins(ofType("fleet:index:Fleet")),
  },
];
const end: Part = { what: "state is written, and everything ends", whose: "Pulumi" };

export const previewParts: readonly Part[] = [
  ...start,
  { what: "every resource is compared", whose: "Pulumi, the plugins", end: (one) => one.summaryEvent !== undefined },
  end,
];

const isNew = (type: string) => (step: Step) => step.op === "create-replacement" && ofType(type)(step);

export const rotationParts: readonly Part[] = [
  ...start,
  {
    what: "resources are compared, and the new Secret is made",
    whose: "Pulumi, the plugins",
    end: ends(isNew("kubernetes:core/v1:Secret")),
  },
  { what: "the pull check", whose: "Kubernetes", end: ends(isNew("kubernetes:batch/v1:Job")) },
  {
    what: "the release: migration, rolling update",
    whose: "Helm, Kubernetes",
    end: ends(({ op, urn }) => op === "update" && nameIn(urn) === "fleet"),
  },
  {
    what: "the old check and the old Secret are deleted",
    whose: "the plugin, Kubernetes",
    end: (one) => one.summaryEvent !== undefined,
  },
  end,
];

/** Runs of one command, each with the seconds that every part of it took. */
export class Timeline {
  private readonly runs: number[][] = [];

  constructor(private readonly parts: readonly Part[]) {}

  /** Runs Pulumi, which must succeed, and notes when the engine says what. */
  async run(stack: TestStack, args: readonly string[]): Promise<void> {
    const file = path.join(path.dirname(stack.configFile), "events.json");
    fs.rmSync(file, { force: true });
    const logged = eventLog(file);
    const seen: number[] = [];
    const began = performance.now();
    let running = true;
    const watching = (async () => {
      let size = 0;
      while (running) {
        await sleep(5);
        const now = performance.now();
        const grown = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
        if (grown === size) continue;
        size = grown;
        seen.push(...Array<number>(eventsIn(file).length - seen.length).fill(now));
      }
    })();
    const result = await stack
      .tryPulumi([...args, "--color=never", ...stack.where, ...logged.args], { env: logged.env })
      .finally(() => (running = false));
    const ended = performance.now();
    await watching;
    succeeded(result);
    this.runs.push(this.split(eventsIn(file), seen, began, ended));
  }

  /** The median of each part, as a Markdown table. */
  table(): string {
    const rows = this.parts.map(({ what, whose }, i) => {
      const sorted = this.runs.map((run) => run[i] ?? NaN).sort((a, b) => a - b);
      return [what, (sorted[Math.floor(sorted.length / 2)] ?? NaN).toFixed(2), whose];
    });
    return markdownTable([["part", "seconds", "whose"], ...rows]);
  }

  private split(events: readonly EngineEvent[], seen: readonly number[], began: number, ended: number): number[] {
    let last = began;
    return this.parts.map(({ what, end: isEnd }) => {
      const at = isEnd === undefined ? -1 : events.findIndex(isEnd);
      if (isEnd !== undefined && at < 0) throw new Error(`No event ends this part of a run: ${what}.`);
      const time = isEnd === undefined ? ended : (seen[at] ?? ended);
      const seconds = (time - last) / 1000;
      last = time;
      return seconds;
    });
  }
}
