import { strict as assert } from "node:assert";
import * as os from "node:os";
import { leaks } from "../support/leaks";
import { plantIn } from "../support/leak-controls";
import { filesIn, helmReleases, kubernetesObjects } from "../support/leak-places";
import {
  compressedFiles,
  logFolder,
  markers,
  plantedNames,
  pulumiTemporary,
  tellLeakStory,
  type LeakStory,
} from "../support/leak-story";
import { commandOf, processPlaces, type ProcessSample } from "../support/process-sampler";

type Places = ReadonlyMap<string, string>;

describe("a password", function () {
  this.timeout("8m");
  let story: LeakStory;

  before(async () => {
    story = await tellLeakStory();
  });
  after(() => story.remove());

  const found = (places: Places) =>
    Object.entries(markers).flatMap(([name, marker]) => leaks(marker, places).map((leak) => `${name}: ${leak}`));
  const nowhere = (places: Places) => {
    assert.notEqual(places.size, 0);
    assert.deepEqual(found(places), []);
  };

  /** What Pulumi and its plugins leave is in a folder of its own; other programs use the system's. */
  const temporary = () => new Map([...filesIn(pulumiTemporary, story.start), ...filesIn(os.tmpdir(), story.start)]);

  it("is in nothing that Pulumi prints", () => nowhere(story.printed));

  it("is in no file of the state, its history and its backups, compressed ones too", () => {
    const files = compressedFiles(story.stack).join("\n");
    for (const folder of ["history", "backups"]) assert.match(files, new RegExp(`^\\.pulumi/${folder}/.*gz$`, "m"));
    nowhere(filesIn(story.stack.backend));
  });

  it("is in no event that the engine logs", () => {
    const events = filesIn(story.events);
    assert.match([...events.values()].join(""), /"resOutputsEvent"/);
    nowhere(events);
  });

  it("is in no Helm release", async () => nowhere(await helmReleases(story.stack)));

  it("is in no object of the namespace but the pull Secrets, and in no event", async () => {
    nowhere(await kubernetesObjects(story.stack));
  });

  it("is in no temporary file, the engine's log among them", () => {
    const files = temporary();
    assert.match([...files.keys()].join("\n"), /^pulumi\..*\.log\.INFO/m);
    nowhere(files);
  });

  it("is in no temporary file that was there for a moment, but in those that were planted", () => {
    const nameOf = (one: string) => one.slice(0, one.lastIndexOf(": "));
    assert.deepEqual([...new Set([...story.watched].map(nameOf))].sort(), [...plantedNames].sort());
  });

  it("is in no log of this machine's cluster and providers, which show that they were written", () => {
    const files = filesIn(logFolder());
    assert.match([...files.values()].join("\n"), new RegExp(story.stack.username));
    nowhere(files);
  });

  it("is in no command line and no environment, but in the PULUMI_CONFIG of the program", () => {
    const seen = new Set(story.samples.map(commandOf));
    for (const pattern of [
      /pulumi config set/,
      /pulumi preview/,
      /pulumi up/,
      /pulumi-language-nodejs/,
      programPattern,
    ])
      assert.ok(
        [...seen].some((command) => pattern.test(command)),
        `${pattern} in\n${[...seen].join("\n")}`,
      );

    const programs = programsOf(story.samples);
    const isPulumis = (place: string) =>
      place.endsWith(": env PULUMI_CONFIG") && programs.has(Number(place.split(" ", 1)[0]));
    const places = [...processPlaces(story.samples)];
    nowhere(new Map(places.filter(([place]) => !isPulumis(place))));
    // The same search of the same samples sees the one place that it must.
    const given = found(new Map(places.filter(([place]) => isPulumis(place)))).join("\n");
    for (const name of Object.keys(markers).filter((name) => name.startsWith("created")))
      assert.match(given, new RegExp(`^${name}: `, "m"));
    assert.doesNotMatch(given, /^referenced/m);
  });

  describe("that is planted on purpose is found", () => {
    for (const [kind, plant] of Object.entries(plantIn)) {
      it(`in ${kind}`, async () => {
        const missed: string[] = [];
        const places = await plant(story, Object.values(markers));
        for (const [name, marker] of Object.entries(markers)) if (leaks(marker, places).length === 0) missed.push(name);
        assert.deepEqual(missed, []);
      });
    }
  });
});

const programPattern = /@pulumi\/pulumi\/cmd\/run/;

/** The language host's program and what it started itself, which inherits its environment. */
function programsOf(samples: readonly ProcessSample[]): ReadonlySet<number> {
  const programs = new Set<number>();
  for (const sample of samples)
    if (programPattern.test(commandOf(sample)) || programs.has(sample.parent)) programs.add(sample.pid);
  return programs;
}
