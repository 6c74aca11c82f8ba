import assert from "node:assert/strict";
import { checksumInGithubRelease, checksumInText } from "../../../local/toolchain/checksum";

const hex = "0123456789abcdef".repeat(4);
const other = "f".repeat(64);
const sha256 = { algorithm: "sha256", hex };

describe("checksum in a text", () => {
  const found: Readonly<Record<string, string>> = {
    "bare hex": hex,
    "bare hex and a line's end": `${hex}\n`,
    "capital letters": hex.toUpperCase(),
    "hex  name": `${hex}  tool.tar.gz\n`,
    "hex *name, of a file read as binary": `${hex} *tool.tar.gz\n`,
    "hex  ./name": `${hex}  ./tool.tar.gz\n`,
    "hex  folder/name": `${hex}  release/tool.tar.gz\n`,
    CRLF: `${other}  tool.zip\r\n${hex}  tool.tar.gz\r\n`,
    "many lines": `# SHA256SUMS\n${other}  other-tool.tar.gz\n${other}  tool.tar.gz.sig\n${hex}  tool.tar.gz\n`,
  };
  for (const [form, text] of Object.entries(found))
    it(`is read: ${form}`, () => assert.deepEqual(checksumInText(text, "tool.tar.gz"), sha256));

  it("may be a SHA-512", () =>
    assert.deepEqual(checksumInText(`${hex}${hex}  tool.tar.gz`, "tool.tar.gz"), {
      algorithm: "sha512",
      hex: hex + hex,
    }));

  const missing: Readonly<Record<string, string>> = {
    nothing: "",
    "another file's": `${hex}  other-tool.tar.gz\n`,
    "a SHA-1": `${hex.slice(0, 40)}  ./tool.tar.gz\n`,
    "a bare MD5": hex.slice(0, 32),
    "a page": "<html>\n<body>Sign in\n",
    "one digit short": `${hex.slice(1)}  tool.tar.gz\n`,
    "no hex": `${"x".repeat(64)}  tool.tar.gz\n`,
  };
  for (const [form, text] of Object.entries(missing))
    it(`is not in: ${form}`, () => assert.equal(checksumInText(text, "tool.tar.gz"), undefined));
});

describe("checksum in GitHub's answer about a release", () => {
  const answer = (digest: unknown) => JSON.stringify({ assets: [{ name: "other" }, { name: "tool", digest }] });

  it("is the file's digest", () => assert.deepEqual(checksumInGithubRelease(answer(`sha256:${hex}`), "tool"), sha256));

  for (const text of [answer(null), answer(`sha1:${hex}`), answer("sha256:"), answer(7), "{}", "[]", "null", "<html>"])
    it(`is not in ${text}`, () => assert.equal(checksumInGithubRelease(text, "tool"), undefined));

  it("is not another file's", () =>
    assert.equal(checksumInGithubRelease(answer(`sha256:${hex}`), "tool.exe"), undefined));
});
