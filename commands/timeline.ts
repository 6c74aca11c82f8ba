import { foreignText } from "../registry/foreign-text";

/** What is drawn on one time axis, from 0 on. All times are milliseconds; text may be anybody's. */
export interface Timeline {
  readonly title: string;
  /** One line below the title: where it comes from. */
  readonly subtitle?: string;
  readonly groups: readonly TimelineGroup[];
  /** Moments, as lines through all of it. */
  readonly marks?: readonly { readonly at: number; readonly text: string }[];
  /** What the colours mean; those that are used and not named here have no entry. */
  readonly legend: Readonly<Partial<Record<Tone, string>>>;
}

export interface TimelineGroup {
  readonly title: string;
  readonly rows: readonly TimelineRow[];
}

/** A row of bars, or of columns that count something in each span of time. */
export type TimelineRow = { readonly label: string } & (
  { readonly bars: readonly TimelineBar[] } | { readonly columns: readonly TimelineColumn[]; readonly columnMs: number }
);

export interface TimelineBar {
  readonly from: number;
  /** `undefined` where it goes on past the end. */
  readonly to: number | undefined;
  readonly tone: Tone;
  /** Shown in the bar where it fits, and as a tooltip. */
  readonly text?: string;
}

export interface TimelineColumn {
  readonly at: number;
  readonly good: number;
  readonly bad: number;
}

/** The colours: told apart by people who see no red or green, on a light ground and on a dark one. */
const tones = {
  old: ["#9aa3ae", "#6f7a87"],
  ending: ["#d5dae0", "#3d4550"],
  starting: ["#a9d3ee", "#27506d"],
  new: ["#0072b2", "#4ba3dc"],
  check: ["#b5739d", "#c98bb3"],
  work: ["#e0a100", "#d39e1f"],
  good: ["#3aa981", "#2f9c77"],
  bad: ["#d0430b", "#ff7a45"],
} as const;

export type Tone = keyof typeof tones;

const width = 960;
const left = 210;
const right = width - 24;
const rowHeight = 20;
const barHeight = 13;
const columnsHeight = 44;
/** Of one character, so roughly that a text is left out rather than cut. */
const characterWidth = 6.2;

/** Draws it as an SVG document: the same text for the same data. Its ground is its own, so it is read on any page. */
export function timelineSvg(timeline: Timeline): string {
  const end = Math.max(1, endOf(timeline));
  const x = (at: number) => left + (Math.min(Math.max(at, 0), end) / end) * (right - left);
  const top = timeline.subtitle === undefined ? 44 : 62;
  const body: string[] = [];
  let y = top + (timeline.marks === undefined ? 0 : 14 * timeline.marks.length);
  const plotTop = y;
  for (const { title, rows } of timeline.groups) {
    y += 18;
    body.push(text(12, y, title, "group"));
    y += 6;
    for (const row of rows) {
      const height = "bars" in row ? rowHeight : columnsHeight;
      body.push(text(left - 10, y + height / 2 + 4, cut(row.label, left - 30), "label"));
      body.push(...("bars" in row ? row.bars.map((one) => bar(one, x, y, end)) : columns(row, x, y)));
      y += height;
    }
  }
  const plotBottom = y + 6;
  const height = plotBottom + 26 + (Object.keys(timeline.legend).length > 0 ? 30 : 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(timeline.title)}</title>`,
    style(),
    `<rect class="ground" width="${width}" height="${height}" rx="8"/>`,
    text(12, 26, timeline.title, "title"),
    ...(timeline.subtitle === undefined ? [] : [text(12, 45, timeline.subtitle, "quiet")]),
    ...axis(end, x, plotTop, plotBottom),
    ...body,
    ...(timeline.marks ?? []).flatMap((mark, i) => markLine(mark, x, top + 14 * i + 4, plotBottom)),
    ...legend(timeline.legend, height - 18),
    "</svg>\n",
  ].join("\n");
}

/** The last moment that anything is drawn at. */
function endOf({ groups, marks = [] }: Timeline): number {
  const ofRow = (row: TimelineRow) =>
    "bars" in row ? row.bars.flatMap(({ from, to = 0 }) => [from, to]) : row.columns.map(({ at }) => at + row.columnMs);
  return Math.max(0, ...groups.flatMap(({ rows }) => rows.flatMap(ofRow)), ...marks.map(({ at }) => at));
}

function bar(
  { from, to = Infinity, tone, text: words }: TimelineBar,
  x: (at: number) => number,
  y: number,
  end: number,
) {
  const begin = x(from);
  const length = Math.max(2, x(Math.min(to, end)) - begin);
  const middle = y + rowHeight / 2;
  const shape = `<rect class="${tone}" x="${round(begin)}" y="${round(middle - barHeight / 2)}" width="${round(length)}" height="${barHeight}" rx="2"`;
  if (words === undefined) return `${shape}/>`;
  const fits = words.length * characterWidth < length - 6;
  const inside = fits ? `\n${text(begin + 5, middle + 4, words, `in-${tone}`)}` : "";
  return `${shape}><title>${escaped(words)}</title></rect>${inside}`;
}

function columns(
  { columns: all, columnMs }: Extract<TimelineRow, { columnMs: number }>,
  x: (at: number) => number,
  y: number,
) {
  const most = Math.max(1, ...all.map(({ good, bad }) => good + bad));
  const whole = columnsHeight - 10;
  return all.flatMap(({ at, good, bad }) => {
    const [from, to] = [x(at), x(at + columnMs)];
    const rect = (tone: Tone, bottom: number, height: number) =>
      `<rect class="${tone}" x="${round(from)}" y="${round(bottom - height)}" width="${round(Math.max(1, to - from - 0.6))}" height="${round(height)}"/>`;
    const bottom = y + columnsHeight - 4;
    // One that failed among many is as well to be seen.
    const badHeight = bad === 0 ? 0 : Math.max(5, (bad / most) * whole);
    const goodHeight = Math.min((good / most) * whole, whole - badHeight);
    return [
      ...(good > 0 ? [rect("good", bottom - badHeight, goodHeight)] : []),
      ...(bad > 0 ? [rect("bad", bottom, badHeight)] : []),
    ];
  });
}

/** About ten lines, a round number of seconds apart. */
function axis(end: number, x: (at: number) => number, top: number, bottom: number): string[] {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
  const step = (steps.find((one) => end / (one * 1000) <= 11) ?? end / 10_000) * 1000;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
  return ticks.flatMap((at) => [
    `<line class="grid" x1="${round(x(at))}" y1="${top}" x2="${round(x(at))}" y2="${bottom}"/>`,
    text(x(at), bottom + 16, `${round(at / 1000)} s`, "tick"),
  ]);
}

function markLine(
  { at, text: words }: { at: number; text: string },
  x: (at: number) => number,
  y: number,
  bottom: number,
) {
  const place = x(at);
  // Where it would run out of the drawing, it stands to the left of its line.
  const turned = place + words.length * characterWidth > right;
  return [
    `<line class="mark" x1="${round(place)}" y1="${y - 9}" x2="${round(place)}" y2="${bottom}"/>`,
    text(place + (turned ? -4 : 4), y, words, turned ? "mark-text end" : "mark-text"),
  ];
}

function legend(entries: Timeline["legend"], y: number): string[] {
  let x = 12;
  return Object.entries(entries).map(([tone, words]) => {
    const entry = `<rect class="${tone}" x="${round(x)}" y="${y - 10}" width="14" height="12" rx="2"/>\n${text(x + 19, y, words, "quiet")}`;
    x += 19 + words.length * characterWidth + 18;
    return entry;
  });
}

const round = (number: number): number => Math.round(number * 10) / 10;

const text = (x: number, y: number, words: string, style: string): string =>
  `<text class="${style}" x="${round(x)}" y="${round(y)}">${escaped(words)}</text>`;

function cut(words: string, room: number): string {
  const most = Math.floor(room / characterWidth);
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}

/** As a part of XML, in which control characters may not even be escaped. */
function escaped(words: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return foreignText(words).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

function style(): string {
  const fills = (which: 0 | 1) => Object.entries(tones).map(([tone, colours]) => `.${tone}{fill:${colours[which]}}`);
  const light = [".ground{fill:#ffffff;stroke:#d0d7de}", "text{fill:#1f2328}", ".quiet,.tick,.label{fill:#59636e}"];
  const dark = [".ground{fill:#0d1117;stroke:#3d444d}", "text{fill:#f0f6fc}", ".quiet,.tick,.label{fill:#9198a1}"];
  return `<style>
text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.title{font-size:16px;font-weight:600}.group{font-weight:600}.label,.end{text-anchor:end}.tick{text-anchor:middle;font-size:10.5px}
.grid{stroke:#8b949e;stroke-opacity:.28}.mark{stroke:#8b949e;stroke-dasharray:4 3}
${light.join("")}${fills(0).join("")}
.in-new,.in-old,.in-check,.in-bad{fill:#ffffff}.in-work,.in-ending,.in-starting{fill:#1f2328}
@media (prefers-color-scheme:dark){${dark.join("")}${fills(1).join("")}
.in-new,.in-old,.in-check,.in-bad,.in-work{fill:#0d1117}.in-ending,.in-starting{fill:#f0f6fc}}
</style>`;
}
