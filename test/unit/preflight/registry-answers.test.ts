import assert from "node:assert/strict";
import { issueText } from "../../../registry/issue";
import type { ProbeResult, Verdict } from "../../../registry/client/probe";
import { refusalOf, uncertaintyOf, type Remark } from "../../../preflight/registry-answers";

const image = "ghcr.io/team/fleet:v4.85.0";
const renewal = `set a new password with pulumi config set --secret --path 'registryPasswords["ghcr.io"]'`;
const told = (remark: Remark | undefined) => remark && issueText(remark.about(image));

const result = (verdict: Verdict, username?: string): ProbeResult => ({
  image,
  registry: "ghcr.io",
  ...(username !== undefined && { username }),
  verdict,
});
const from = { host: "ghcr.io", from: "registry" } as const;

interface Case {
  readonly verdict: Verdict;
  /** With the username `bot`; `undefined` where it is no clear no. */
  readonly refusal?: string;
  /** Without a credential, where that is another sentence. */
  readonly anonymous?: string;
  readonly uncertainty?: string;
}

const later = "pulumi up will show whether the cluster can pull";

const cases: Readonly<Record<string, Case>> = {
  "a wrong password": {
    verdict: { kind: "wrong-credential", status: 401, said: "UNAUTHORIZED: authentication required", ...from },
    refusal:
      `ghcr.io refuses bot for ${image}: wrong password or expired token ` +
      `(401: UNAUTHORIZED: authentication required); ${renewal}`,
  },
  "a wrong password without a word": {
    verdict: { kind: "wrong-credential", status: 401, ...from },
    refusal: `ghcr.io refuses bot for ${image}: wrong password or expired token (401); ${renewal}`,
  },
  "no login": {
    verdict: { kind: "login-needed", status: 401, ...from },
    refusal: `ghcr.io wants a login for ${image} (401); ${renewal}`,
    anonymous: `ghcr.io wants a login for ${image} (401); correct the repository, or add the registry to fleet:registries, or, if the nodes have a login of their own, set registryCheck to warn`,
  },
  "no right": {
    verdict: { kind: "no-right", status: 403, said: "DENIED: permission_denied", ...from },
    refusal:
      `ghcr.io does not let bot pull ${image} (403: DENIED: permission_denied); ` +
      `grant it the right to pull, correct the repository, or ${renewal}`,
  },
  "no such image": {
    verdict: { kind: "no-such-image", status: 404, said: "MANIFEST_UNKNOWN: manifest unknown", ...from },
    refusal:
      `ghcr.io has no ${image} that bot may see (404: MANIFEST_UNKNOWN: manifest unknown); ` +
      `correct the repository or tag, or grant the right to pull, or ${renewal}`,
    anonymous:
      `ghcr.io has no ${image} that an anonymous pull may see (404: MANIFEST_UNKNOWN: manifest unknown); ` +
      "correct the repository or tag, or add the registry to fleet:registries, or, if the nodes have a login of their own, set registryCheck to warn",
  },
  "what is no image": {
    verdict: { kind: "invalid-image", problem: "is empty" },
    refusal: `${image} is empty; write it as registry/repository:tag`,
  },
  accepted: { verdict: { kind: "accepted", credential: "used" } },
  "too many requests": {
    verdict: { kind: "rate-limited", status: 429, ...from },
    uncertainty: `ghcr.io does not tell about ${image}: it has had too many requests; ${later}`,
  },
  "too many requests for some seconds": {
    verdict: { kind: "rate-limited", status: 429, retryAfterSeconds: 30, windowSeconds: 60, ...from },
    uncertainty: `ghcr.io does not tell about ${image}: it has had too many requests and answers again in 30 s; ${later}`,
  },
  "too many requests for some minutes": {
    verdict: { kind: "rate-limited", status: 429, retryAfterSeconds: 121, ...from },
    uncertainty: `ghcr.io does not tell about ${image}: it has had too many requests and answers again in 3 min; ${later}`,
  },
  "too many requests in some hours": {
    verdict: { kind: "rate-limited", status: 429, windowSeconds: 21_600, ...from },
    uncertainty: `ghcr.io does not tell about ${image}: it has had too many requests and answers again within 6 h; ${later}`,
  },
  "too many requests, with words": {
    verdict: { kind: "rate-limited", status: 429, said: "TOOMANYREQUESTS: slow down", retryAfterSeconds: 30, ...from },
    uncertainty:
      `ghcr.io does not tell about ${image}: it has had too many requests (429: TOOMANYREQUESTS: slow down) ` +
      `and answers again in 30 s; ${later}`,
  },
  "too many failed logins": {
    verdict: {
      kind: "rate-limited",
      status: 429,
      afterFailedLogins: true,
      said: "too many failed login attempts for username or IP address",
      retryAfterSeconds: 900,
      ...from,
    },
    uncertainty:
      `ghcr.io does not tell about ${image}: it has had too many failed logins ` +
      "(429: too many failed login attempts for username or IP address) and answers again in 15 min; " +
      "wait before pulumi up, since every further try may keep the account locked",
  },
  "a manifest that HEAD does not find": {
    verdict: { kind: "contradictory", host: "ghcr.io", status: 404, refused: "HEAD" },
    uncertainty:
      `ghcr.io contradicts itself about ${image}: it answers 404 to HEAD and 200 to GET; ` +
      "nodes with CRI-O will pull, nodes with containerd will not; " +
      "let HEAD through to manifests, at the registry or at what stands in front of it",
  },
  "a manifest that is hidden from nobody in particular": {
    verdict: { kind: "contradictory", host: "ghcr.io", status: 403, refused: "nobody" },
    uncertainty:
      `ghcr.io contradicts itself about ${image}: it answers 403 without a login, and 200 with one that it did not ask for; ` +
      "nodes with CRI-O will pull, nodes with containerd will not; make it answer 401 to those without a login",
  },
  "a registry that is broken": {
    verdict: { kind: "failing", status: 503, detail: "answers 503", said: "maintenance", ...from },
    uncertainty: `ghcr.io does not tell about ${image}: it answers 503 (maintenance); ${later}`,
  },
  "a token service that is broken": {
    verdict: { kind: "failing", detail: "gives no token", host: "auth.example.com", from: "token service" },
    uncertainty: `auth.example.com does not tell about ${image}: it gives no token; ${later}`,
  },
  "a name that does not resolve": {
    verdict: { kind: "unreachable", host: "ghcr.io", reason: "DNS", detail: "its name does not resolve" },
    uncertainty: `ghcr.io cannot be asked about ${image} from this machine: its name does not resolve; ${later}`,
  },
  "an unknown authority": {
    verdict: {
      kind: "unreachable",
      host: "ghcr.io",
      reason: "TLS",
      detail: "its certificate is signed by an authority that this machine does not know",
    },
    uncertainty:
      `ghcr.io cannot be asked about ${image} from this machine: ` +
      "its certificate is signed by an authority that this machine does not know; " +
      `put the authority's certificate into fleet:registryCaCertificate; without it, ${later}`,
  },
  "an expired certificate": {
    verdict: { kind: "unreachable", host: "ghcr.io", reason: "TLS", detail: "its certificate has expired" },
    uncertainty: `ghcr.io cannot be asked about ${image} from this machine: its certificate has expired; ${later}`,
  },
};

describe("what a person is told of a registry's answer", () => {
  for (const [name, expected] of Object.entries(cases)) {
    it(name, () => {
      const { verdict } = expected;
      assert.equal(told(refusalOf(result(verdict, "bot"), { renewal })), expected.refusal);
      assert.equal(told(uncertaintyOf(result(verdict, "bot"))), expected.uncertainty);
      if (expected.anonymous !== undefined) assert.equal(told(refusalOf(result(verdict))), expected.anonymous);
      // One line, and no full stop after a command.
      for (const text of [expected.refusal, expected.uncertainty]) assert.doesNotMatch(text ?? "", /[\n.]$|\n/);
    });
  }

  it("says what the registry does besides, between its words and what to do", () => {
    const also = refusalOf(result(cases["a wrong password without a word"]?.verdict as Verdict, "bot"), {
      renewal,
      hasOther: true,
    });
    assert.equal(
      told(also),
      `ghcr.io refuses bot for ${image}: wrong password or expired token (401), and accepts another credential; ${renewal}`,
    );
  });
});
