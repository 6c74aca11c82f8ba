import type { ProbeResult, Verdict } from "../registry/client/probe";

/** A sentence about images, which stand between its two parts. */
export interface Sentence {
  /** Empty where each image needs a sentence of its own. */
  readonly before: string;
  /** With what to do about it at its end. */
  readonly after: string;
}

/**
 * What a registry's clear no means and what to do about it; `undefined` for every other answer.
 *
 * @param renew what gives the credential a new password; none where there is no credential: the kubelet may have one that no
 *   Secret holds, from a cloud's credential provider or a file on the node, which cannot be known here
 * @param also what follows the registry's words
 */
export function refusal(
  { registry, username = "", verdict }: ProbeResult,
  renew: string | undefined,
  also = "",
): Sentence | undefined {
  const login =
    renew ??
    "add the registry to fleet:registries, or, if the nodes have a login of their own, set registryCheck to warn";
  switch (verdict.kind) {
    case "wrong-credential":
      return {
        before: `${registry} refuses ${username} for`,
        after: `: wrong password or expired token${answered(verdict)}${also}; ${login}`,
      };
    case "login-needed":
      return {
        before: `${registry} wants a login for`,
        after: `${answered(verdict)}${also}; ${login}`,
      };
    case "no-right":
      return {
        before: `${registry} does not let ${username} pull`,
        after: `${answered(verdict)}${also}; grant it the right to pull, or ${login}`,
      };
    case "no-such-image":
      return {
        before: `${registry} has no`,
        after:
          ` that ${username === "" ? "an anonymous pull" : username} may see${answered(verdict)}${also}; ` +
          `correct the repository or tag${renew === undefined ? "" : ", or grant the right to pull"}, or ${login}`,
      };
    case "invalid-image":
      return { before: "", after: ` ${verdict.problem}; write it as registry/repository:tag` };
    case "accepted":
    case "contradictory":
    case "rate-limited":
    case "unreachable":
    case "failing":
      return undefined;
  }
}

/** What an answer means that tells nothing of the credential; `undefined` for every other answer. */
export function uncertainty({ registry, verdict }: ProbeResult): Sentence | undefined {
  const later = "pulumi up will show whether the cluster can pull";
  if (verdict.kind === "rate-limited") {
    const said = verdict.said === undefined ? "" : ` (429: ${verdict.said})`;
    const after =
      verdict.afterFailedLogins === true
        ? `: it has had too many failed logins${said}${limitEnd(verdict)}; ` +
          "wait before pulumi up, since every further try may keep the account locked"
        : `: it has had too many requests${said}${limitEnd(verdict)}; ${later}`;
    return { before: `${registry} does not tell about`, after };
  }
  if (verdict.kind === "contradictory") {
    const { host, status, refused } = verdict;
    const nodes = "nodes with CRI-O will pull, nodes with containerd will not";
    const after =
      refused === "HEAD"
        ? `: it answers ${status} to HEAD and 200 to GET; ${nodes}; ` +
          "let HEAD through to manifests, at the registry or at what stands in front of it"
        : `: it answers ${status} without a login, and 200 with one that it did not ask for; ${nodes}; ` +
          "make it answer 401 to those without a login";
    return { before: `${host} contradicts itself about`, after };
  }
  if (verdict.kind === "failing") {
    const said = verdict.said === undefined ? "" : ` (${verdict.said})`;
    return { before: `${verdict.host} does not tell about`, after: `: it ${verdict.detail}${said}; ${later}` };
  }
  if (verdict.kind !== "unreachable") return undefined;
  const isPrivate = verdict.reason === "TLS" && verdict.detail.includes("authority");
  const fix = isPrivate ? "put the authority's certificate into fleet:registryCaCertificate; without it, " : "";
  return {
    before: `${verdict.host} cannot be asked about`,
    after: ` from this machine: ${verdict.detail}; ${fix}${later}`,
  };
}

function limitEnd({ retryAfterSeconds, windowSeconds }: Extract<Verdict, { kind: "rate-limited" }>): string {
  if (retryAfterSeconds !== undefined) return ` and answers again in ${duration(retryAfterSeconds)}`;
  return windowSeconds === undefined ? "" : ` and answers again within ${duration(windowSeconds)}`;
}

function duration(seconds: number): string {
  if (seconds <= 120) return `${seconds} s`;
  return seconds <= 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

function answered({ status, said }: { readonly status: number; readonly said?: string }): string {
  return said === undefined ? ` (${status})` : ` (${status}: ${said})`;
}
