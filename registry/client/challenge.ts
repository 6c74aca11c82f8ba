/** One way of authentication that a server offers. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** By name in lower case; of several of one name the last. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
// Values without quotes are read to the next comma or space: some servers leave out the quotes that a URL needs.
const parameter = new RegExp(`(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s",]+))`, "y");
const scheme = new RegExp(`(${token})(?=[\\s,]|$)(?:[ \\t]+[A-Za-z0-9._~+/-]+=*(?=[ \\t]*(?:,|$)))?`, "y");

function parse(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let position = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(header);
    if (found !== null) position = pattern.lastIndex;
    return found;
  };
  for (;;) {
    next(/[\s,]*/y);
    const current = challenges.at(-1);
    const pair = current === undefined ? null : next(parameter);
    if (pair !== null) {
      const [, name = "", quoted, plain = ""] = pair;
      current?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain);
      continue;
    }
    const [, name] = next(scheme) ?? [];
    // What follows is no challenge; those before it still count.
    if (name === undefined) return challenges;
    challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
  }
}

/**
 * The challenges of `WWW-Authenticate` (RFC 9110, section 11.6.1): one or several headers, each with one or several
 * challenges; commas separate both challenges and their parameters.
 */
export function parseChallenges(header: string | readonly string[] | undefined): readonly Challenge[] {
  return [header ?? []].flat().flatMap(parse);
}
