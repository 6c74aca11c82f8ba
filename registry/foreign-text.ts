/** Not seen, moves the cursor, ends a line or turns what follows round: control, format and unassigned characters, and line separators. */
const unshown = /^[\p{C}\p{Zl}\p{Zp}]$/u;

const escapes: Readonly<Record<string, string>> = { "\t": " ", "\n": "\\n", "\r": "\\r" };

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return escapes[character] ?? (code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, "0")}`);
}

/** What CI runners take for a command: `::` that begins a line (GitHub), `##[` and `##vso[` anywhere (GitHub's old form, Azure). */
const defused = (text: string): string =>
  text.replace(/^(\s*):(?=:)/, "$1\\x3a").replace(/#(?=#(\[|vso\[))/gi, "\\x23");

/**
 * A text that others wrote (a name, a type, a message of another program), as a part of one line that a terminal or a log shows:
 * no character of it acts on a terminal, ends the line, hides, or begins a command of a CI runner. Such characters are shown as
 * `\n`, `\x1b` or `\u{202e}`, a tab as a blank.
 *
 * @param maxLength of the result, in UTF-16 units, at least 1; a longer text is cut, and ends with `…` then. @default 200
 */
export function foreignText(text: string, maxLength = 200): string {
  let shown = "";
  let fitting = "";
  for (const character of defused(text.slice(0, maxLength + 1))) {
    shown += unshown.test(character) ? escaped(character) : character;
    if (shown.length > maxLength) return `${fitting}…`;
    if (shown.length < maxLength) fitting = shown;
  }
  return text.length > maxLength ? `${fitting}…` : shown;
}

/**
 * The last lines of what another program printed, each as `foreignText` shows it; empty ones are left out.
 *
 * @param maxLines @default 20
 * @param maxLength of a line. @default 1000
 */
export function foreignLines(text: string, maxLines = 20, maxLength = 1000): readonly string[] {
  return text
    .split(/\r\n|[\n\r]/)
    .filter((line) => line.trim() !== "")
    .slice(-maxLines)
    .map((line) => foreignText(line.trimEnd(), maxLength));
}
