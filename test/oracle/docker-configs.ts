import { generateKey } from "./keys";
import type { Random } from "./random";

/** JSON as text, so that a name can stand there twice. */
const object = (members: readonly (readonly [string, string])[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;

const json = (value: unknown): string => JSON.stringify(value);
const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");

function goodAuth(random: Random, username: string): string {
  const auth = base64(`${username}:${random.pick(["p", "pw", "p:w", "", "\xc3\xa9", "\xff\xfe", "a\nb"])}`);
  return random.pick([
    auth,
    auth,
    auth,
    auth.replace(/=+$/, ""),
    `${auth}\n`,
    `${auth.slice(0, 3)}\r\n${auth.slice(3)}`,
    auth.replace(/=$/, "\n="),
  ]);
}

const badAuths: readonly [string, ...string[]] = [
  "!!!!",
  base64("nocolon"),
  "YTpi=",
  "YTpi==",
  "YTpiYw===",
  "YTpiY",
  " YTpi",
  "YTpi ",
  "YTpi\u00a0",
  "\n",
  "=",
  "YTp-_",
  "YT=pi",
  "YTpiYw==\n=",
  "é",
];

function generateEntry(random: Random, number: number): string {
  const username = `u${number}`;
  const members: [string, string][] = [
    ["username", json(username)],
    ["password", json(random.pick(["p", 'quote"', "back\\slash", "$%", "😀", "\uD800"]))],
  ];
  if (random.chance(0.4)) members.push(["auth", json(goodAuth(random, username))]);
  if (random.chance(0.2)) members.push(["email", json("a@b")]);
  if (random.chance(0.1)) members.push(["identitytoken", json("t")], ["other", "[1,{}]"]);
  if (random.chance(0.1))
    members.push(
      random.pick([
        ["auth", "null"],
        ["auth", '""'],
        ["username", "null"],
        ["Auth", '""'],
      ]),
    );
  if (random.chance(0.1)) {
    members.push(
      random.pick([
        ["USERNAME", json(`U${number}`)],
        ["uſername", json(`s${number}`)],
        ["Paſſword", '"x"'],
        ["emaİl", "1"],
      ]),
    );
  }
  if (random.chance(0.015)) members.push(["auth", json(random.pick(badAuths))]);
  if (random.chance(0.01))
    members.push(
      random.pick([
        ["auth", "1"],
        ["password", "{}"],
        ["Email", "[]"],
        ["username", "true"],
      ]),
    );
  if (random.chance(0.1)) members.reverse();
  if (random.chance(0.01)) return random.pick(["null", "null", "null", '"text"', "[]", "7", "{}"]);
  return object(members);
}

function generateEntries(random: Random, image: string): string {
  const keys = random.times(random.pick([0, 1, 1, 1, 2, 2, 3, 5]), () => generateKey(random, image));
  if (keys[0] !== undefined && random.chance(0.1)) keys.push(keys[0]);
  if (keys[0] !== undefined && random.chance(0.1)) keys.push(`https://${keys[0]}/`);
  return object(keys.map((key) => [key, generateEntry(random, random.below(1000))]));
}

function generateConfigJson(random: Random, image: string): string {
  const members: [string, string][] = [
    [random.chance(0.97) ? "auths" : random.pick(["Auths", "authſ", "auth"]), generateEntries(random, image)],
  ];
  if (random.chance(0.03)) members.push(["auths", random.pick([generateEntries(random, image), "null", "{}"])]);
  if (random.chance(0.03)) {
    members.unshift(["HttpHeaders", random.pick(['{"a":"b"}', '{"a":null}', "null", '{"a":1}', "[]"])]);
  }
  if (random.chance(0.05))
    members.push(["credHelpers", '{"ghcr.io":"x"}'], ["credsStore", '"x"'], ["auths2", "[1.5e3,true]"]);
  return object(members);
}

/** A pull Secret: mostly a good one. */
export function generateDockerConfig(random: Random, image: string): { readonly type: string; readonly text: string } {
  const legacy = random.chance(0.15);
  const text = legacy ? generateEntries(random, image) : generateConfigJson(random, image);
  const type = `kubernetes.io/${legacy ? "dockercfg" : "dockerconfigjson"}`;
  if (random.chance(0.03))
    return { type: random.pick(["Opaque", "", "kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson"]), text };
  if (random.chance(0.015)) {
    const damaged = [
      `${text}x`,
      `\uFEFF${text}`,
      "",
      " ",
      "null",
      "[]",
      '"text"',
      "{}",
      '{"auths":[]}',
      text.replace("{", "{,"),
    ] as const;
    return { type, text: random.pick(damaged) };
  }
  return { type, text: random.chance(0.05) ? ` \n\t${text}\r\n` : text };
}
