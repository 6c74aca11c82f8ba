import { equal } from "node:assert/strict";
import { checkCaCertificate } from "../../../../registry/client/probe";
import { testCertificate } from "../../../support/fake-registry";

const broken = "-----BEGIN CERTIFICATE-----\nTm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";

describe("the certificate of a private authority", () => {
  const { ca, cert, key } = testCertificate();
  const cases: Readonly<Record<string, readonly [pem: string, problem: string | undefined]>> = {
    one: [ca, undefined],
    "several, with text and Windows line ends": [
      `a comment\r\n${ca}\r\n# another\n${cert.replaceAll("\n", "\r\n")}`,
      undefined,
    ],
    nothing: ["", "is empty"],
    "white space": [" \n", "is empty"],
    "a file's name": ["/etc/ssl/ca.crt", "contains no certificate"],
    "a part of one": [ca.slice(0, 200), "contains no certificate"],
    "a broken one": [broken, "contains a certificate that cannot be read"],
    "a broken one after a good one": [ca + broken, "contains a certificate that cannot be read, number 2"],
    "a key": [cert + key, "contains a private key"],
  };
  for (const [name, [pem, problem]] of Object.entries(cases)) {
    it(`${name}: ${problem ?? "good"}`, () => equal(checkCaCertificate(pem)?.sentence, problem));
  }
});
