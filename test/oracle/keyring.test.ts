import { deepStrictEqual, ok } from "node:assert/strict";
import { parseDockerConfigJson, type DockerConfigEntry } from "../../registry/docker-config";
import { parseImageReference } from "../../registry/image-reference";
import { lookUpCredentials, type Candidate } from "../../registry/keyring";
import { isIssue } from "../../registry/issue";
import { whyUnmatchable } from "../../registry/unmatchable";
import { red, say } from "../../commands/terminal";
import { type Case, generateCases } from "./cases";
import { type Answer, askKubelet, buildKubeletKeyring, goVersion } from "./kubelet";

type Credential = readonly [secret: number, username: string, password: string, email: string];

/** Both sides in one form; bytes that are no UTF-8 are replaced in the same way. */
interface Outcome {
  readonly fails?: "image" | "keyring";
  readonly image?: readonly [name: string, tag: string | undefined, digest: string | undefined];
  readonly credentials: readonly Credential[];
}

interface Ours extends Outcome {
  readonly candidates: readonly Candidate<DockerConfigEntry>[];
}

function ours({ image, secrets }: Case): Ours {
  const reference = parseImageReference(image);
  const lookup = lookUpCredentials(
    image,
    secrets.map(({ type, text }, i) => ({ name: `secret-${i}`, config: parseDockerConfigJson(text, type) })),
  );
  if (isIssue(reference) || isIssue(lookup)) return { fails: "image", credentials: [], candidates: [] };
  const { name, tag, digest } = reference;
  return {
    ...(lookup.broken === undefined ? {} : { fails: "keyring" }),
    image: [name, tag ?? (digest === undefined ? "latest" : undefined), digest],
    credentials: lookup.candidates.map(({ secretIndex, entry }) => [
      secretIndex,
      entry.username,
      entry.password.reveal(),
      entry.email,
    ]),
    candidates: lookup.candidates,
  };
}

function theirs(answer: Answer): Outcome {
  const text = (base64: string) => Buffer.from(base64, "base64").toString();
  return {
    ...(answer.fails === undefined ? {} : { fails: answer.fails }),
    ...(answer.name === undefined ? {} : { image: [answer.name, answer.tag, answer.digest] as const }),
    credentials: answer.credentials.map((one) => [one.secret, text(one.username), text(one.password), one.email]),
  };
}

/** The kubelet ranges over a Go map, so within a Secret equal keys come in any order: sort them, on both sides. */
function settle(credentials: readonly Credential[], candidates: Ours["candidates"]): readonly Credential[] {
  const group = (i: number) =>
    JSON.stringify([candidates[i]?.key, candidates[i]?.secretIndex, candidates[i]?.unordered]);
  const groups: Credential[][] = [];
  credentials.forEach((credential, i) => {
    const last = groups.at(-1);
    if (last !== undefined && candidates[i]?.unordered === true && group(i) === group(i - 1)) last.push(credential);
    else groups.push([credential]);
  });
  return groups.flatMap((one) => one.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
}

describe("the keyring and the kubelet's own code", () => {
  const seed = 20261123;
  const cases = generateCases(seed, 20_000);
  let answers: readonly Answer[] = [];

  before(async function () {
    this.timeout("15m");
    const go = await goVersion();
    if (go === undefined) {
      say(red("NOT COMPARED WITH THE KUBELET: there is no Go on this machine"));
      if (process.env.CI === "true") throw new Error("the comparison with the kubelet needs Go");
      this.skip();
    }
    answers = await askKubelet(await buildKubeletKeyring(go), cases);
  });

  it("answer 20,000 cases alike: same image, same credentials, same order", () => {
    deepStrictEqual(answers.length, cases.length);
    const kinds = new Map<string, number>();
    cases.forEach((one, i) => {
      const mine = ours(one);
      const answer = answers[i];
      ok(answer !== undefined);
      const { credentials, ...rest } = theirs(answer);
      const { candidates, ...my } = mine;
      deepStrictEqual(
        { ...my, credentials: settle(my.credentials, candidates) },
        { ...rest, credentials: settle(credentials, candidates) },
        `seed ${seed}, case ${i}: ${JSON.stringify(one)}`,
      );
      for (const kind of [mine.fails ?? "fine", ...candidates.map(({ match }) => match)])
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      for (const { entry } of candidates) deepStrictEqual(whyUnmatchable(entry.server), undefined, entry.server);
    });
    // The cases are worth something only while each kind of answer is among them.
    for (const kind of [
      "fine",
      "image",
      "keyring",
      "exact host",
      "path prefix",
      "glob",
      "glob and path prefix",
      "Docker Hub default",
    ]) {
      ok((kinds.get(kind) ?? 0) >= 100, `${kind}: ${kinds.get(kind) ?? 0}`);
    }
  }).timeout("1m");
});
