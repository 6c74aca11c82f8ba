import assert from "node:assert/strict";
import { timelineSvg, type Timeline } from "../../../commands/timeline";

const one: Timeline = {
  title: "A rotation",
  subtitle: "of a test",
  groups: [
    {
      title: "Pods",
      rows: [
        { label: "old", bars: [{ from: 0, to: 4000, tone: "old", text: "serves" }] },
        { label: "new", bars: [{ from: 5000, to: undefined, tone: "new" }] },
      ],
    },
    {
      title: "Requests",
      rows: [
        {
          label: "clients",
          columnMs: 500,
          columns: [
            { at: 0, good: 25, bad: 0 },
            { at: 9500, good: 24, bad: 1 },
          ],
        },
      ],
    },
  ],
  marks: [{ at: 1000, text: "pulumi up begins" }],
  legend: { old: "old", new: "new" },
};
const of = (changes: Partial<Timeline>) => timelineSvg({ ...one, ...changes });
const row = (label: string, text?: string): Partial<Timeline> => ({
  groups: [
    { title: "g", rows: [{ label, bars: [{ from: 0, to: 9, tone: "new", ...(text !== undefined && { text }) }] }] },
  ],
});
/** The words of the document's texts. */
const wordsOf = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, words]) => words);
/** x and width of each rectangle of a tone, in units of the drawing. */
const barsOf = (svg: string, tone: string) =>
  [
    ...svg.matchAll(new RegExp(`<rect class="${tone}" x="([\\d.]+)" y="[\\d.]+" width="([\\d.]+)" height="13"`, "g")),
  ].map(([, x, width]) => [Number(x), Number(width)]);

describe("a drawing of a time axis", () => {
  it("is the same text for the same data", () => {
    assert.equal(timelineSvg(one), timelineSvg(structuredClone(one)));
    assert.notEqual(of({ title: "Another" }), timelineSvg(one));
  });

  it("has every word as text", () => {
    const words = wordsOf(timelineSvg(one));
    const seconds = Array.from({ length: 11 }, (_, i) => `${i} s`);
    for (const word of ["A rotation", "of a test", "Pods", "serves", "clients", "pulumi up begins", ...seconds]) {
      assert.ok(words.includes(word), `${word} is not among ${words.join()}`);
    }
    assert.equal(words.filter((word) => word === "old").length, 2); // the row and the legend
  });

  it("puts everything on one axis, from its first moment to its last", () => {
    const svg = timelineSvg(one);
    const [[begin = 0, length = 0] = []] = barsOf(svg, "old");
    const [[openBegin = 0, openLength = 0] = []] = barsOf(svg, "new");
    // 10 s in all: four of them, then half of it, and that to the end.
    assert.ok(Math.abs(length / openLength - 4 / 5) < 0.01, `${length} and ${openLength}`);
    assert.ok(Math.abs(openBegin - begin - openLength) < 0.2);
    assert.equal(openBegin + openLength, 936);
    const axis = /<line class="mark" x1="([\d.]+)"/.exec(svg);
    assert.ok(Math.abs(Number(axis?.[1]) - (begin + length / 4)) < 0.2);
  });

  it("shows one failure among many", () => {
    const bad = [...timelineSvg(one).matchAll(/<rect class="bad" [^>]*height="([\d.]+)"\/>/g)];
    assert.equal(bad.length, 1);
    assert.ok(Number(bad[0]?.[1]) >= 5);
  });

  it("shows a moment too short to be seen as a bar all the same", () => {
    const svg = of({
      groups: [
        {
          title: "g",
          rows: [
            {
              label: "l",
              bars: [
                { from: 0, to: 1, tone: "new" },
                { from: 0, to: 1e7, tone: "old" },
              ],
            },
          ],
        },
      ],
    });
    assert.deepEqual(
      barsOf(svg, "new").map(([, width]) => width),
      [2],
    );
  });

  it("escapes what others wrote, wherever it stands", () => {
    const hostile = `</text><script>alert("1")&'\x00\x1b\u202e`;
    const places: readonly Partial<Timeline>[] = [
      { title: hostile },
      { subtitle: hostile },
      { marks: [{ at: 1, text: hostile }] },
      { legend: { new: hostile } },
      { groups: [{ title: hostile, rows: [] }] },
      row(hostile),
      row("l", hostile),
    ];
    for (const place of places) {
      const svg = of(place);
      assert.doesNotMatch(svg, /<script|alert\("/);
      assert.doesNotMatch(svg, /[^\n\P{C}]/u);
      assert.match(svg, /&lt;\/text&gt;&lt;script&gt;/);
      assert.equal(svg.match(/<text/g)?.length, svg.match(/<\/text>/g)?.length);
    }
  });

  it("leaves out a word that does not fit into its bar, and cuts a label that does not fit beside its row", () => {
    const long = "a-stack-with-a-name-that-is-longer-than-all-others";
    assert.ok(wordsOf(of(row(long))).some((word) => word !== undefined && /^a-stack-.*…$/.test(word)));
    const svg = of({ ...row("l", "word"), marks: [{ at: 10_000, text: "end" }] });
    assert.ok(!wordsOf(svg).includes("word"));
    assert.match(svg, /<title>word<\/title>/);
  });

  it("is read in light and in dark mode: each colour has both, and the ground is its own", () => {
    const svg = timelineSvg(one);
    const [light = "", dark = ""] = svg.split("@media (prefers-color-scheme:dark)");
    const colours = (css: string) => [...css.matchAll(/\.([a-z]+)\{fill:#[0-9a-f]{6}/g)].map(([, name]) => name);
    for (const name of ["ground", "old", "ending", "starting", "new", "check", "work", "good", "bad"]) {
      assert.ok(colours(light).includes(name), `${name} is not in light mode`);
      assert.ok(colours(dark).includes(name), `${name} is not in dark mode`);
    }
    assert.match(svg, /<rect class="ground" width="960" height="\d+"/);
  });

  it("takes nothing at all", () => {
    assert.match(timelineSvg({ title: "Nothing", groups: [], legend: {} }), /^<svg [^]*<\/svg>\n$/);
  });
});
