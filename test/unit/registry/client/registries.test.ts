import { deepEqual, equal, ok } from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkout } from "../../../../local/support/paths";
import { checkRegistryAccess } from "../../../../preflight";
import { checkUsername } from "../../../../registry/credential-fields";
import { isIssue } from "../../../../registry/issue";
import { parseServer } from "../../../../registry/server";
import { testCertificate } from "../../../support/fake-registry";
import { leaks } from "../../../support/leaks";
import { closeAll, serve } from "./probing";
import type { RegistryKind } from "./registry-kind";
import { hostedRegistries } from "./registry-kinds-hosted";
import { ownRegistries } from "./registry-kinds-own";
import { type Credential, passwords, registryLike } from "./registry-like";
import { SecretText } from "../../../../registry/secret-text";

/** The rows of the page's tables by their first cell: of each table the other cells. */
function rowsOf(page: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const rows = new Map<string, (readonly string[])[]>();
  for (const line of fs.readFileSync(path.join(checkout, page), "utf8").split("\n")) {
    const [, name = "", ...cells] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (name !== "" && !/^-+$/.test(name)) rows.set(name, [...(rows.get(name) ?? []), cells.slice(0, -1)]);
  }
  return rows;
}

const registryKinds = { ...hostedRegistries, ...ownRegistries };
const rows = rowsOf("docs/registries.md");
/** Of a cell that is empty but for its reason. */
const nothing = "nothing";

describe("each registry of docs/registries.md", () => {
  afterEach(closeAll);

  /** What the preview says of a login, with the names that the page has for what differs. */
  async function said(kind: RegistryKind, credential: Credential): Promise<readonly string[]> {
    const server = await serve(registryLike(kind));
    const image = `${server.host}/${kind.repository}:v1`;
    const password = passwords[credential];
    const username = kind.username === "the token itself" ? password : kind.username;
    const entry = {
      server: server.host,
      username,
      password: new SecretText(password),
      email: "",
      account: username,
      renewal: "renew it",
    };
    const found = await checkRegistryAccess({
      images: [image],
      secrets: [{ name: "s", config: { kind: "entries", entries: [entry] } }],
      caCertificate: testCertificate().ca,
    });
    const texts = [...found.refusals, ...found.warnings].map(({ sentence }) => sentence);
    deepEqual(leaks(password, new Map([["findings", JSON.stringify(found)]])), []);
    const failures = server.requests.filter(
      ({ headers, reply }) => headers.authorization?.startsWith("Basic ") === true && (reply?.status ?? 0) === 401,
    );
    ok(failures.length <= 1, "a wrong password is one failure");
    return texts.map((text) =>
      text
        .replaceAll(image, "IMAGE")
        .replaceAll(server.host, "HOST")
        .replaceAll(username === password ? "***" : username, "USER"),
    );
  }

  for (const [name, kind] of Object.entries(registryKinds)) {
    describe(name, () => {
      it("takes a good login without a word", async () => deepEqual(await said(kind, "good"), []));

      for (const credential of ["wrong", "expired", "wide"] as const) {
        const expected = kind.says[credential];
        if (expected === undefined && credential !== "wide") continue;
        it(`${expected === undefined ? "says nothing of" : "tells"} a login that is ${credential}`, async () =>
          deepEqual(await said(kind, credential), expected === undefined ? [] : [expected]));
      }

      it("has its rows on the page, with what the preview says", () => {
        const [written = [], spoken = []] = rows.get(name) ?? [];
        equal(written[0], `\`${kind.key}\``);
        ok(!isIssue(parseServer(kind.key)));
        equal(checkUsername(kind.username), undefined);
        if (kind.username !== "the token itself") ok(written[1]?.includes(`\`${kind.username}\``), written[1]);
        const cell = (text: string | undefined) => (text === undefined ? nothing : `\`${text}\``);
        const { wrong, expired, wide } = kind.says;
        deepEqual(spoken, [cell(wrong), cell(expired), cell(wide)]);
      });
    });
  }

  it("and no other is there", () => {
    const names = [...rows.keys()].filter((name) => rows.get(name)?.length === 2 && name !== "registry");
    deepEqual(names.sort(), Object.keys(registryKinds).sort());
  });

  it("each with a source", () => {
    const sources = Object.values(registryKinds).flatMap((kind) => kind.sources);
    for (const source of sources) ok(URL.canParse(source) && source.startsWith("https://"), source);
  });
});
