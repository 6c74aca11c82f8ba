import type { Mistake } from "./registry/problem";
import type { ProbeResult, Verdict } from "./registry/probe";

/** What a registry's clear no means and what to do about it; `undefined` for every other answer. */
export function refusal({ registry, username = "", verdict }: ProbeResult, renew = ""): Mistake | undefined {
  switch (verdict.kind) {
    case "wrong-credential":
      return { problem: `is refused by ${registry}: wrong password of ${username}${words(verdict)}`, fix: renew };
    case "login-needed":
      return {
        problem: `is refused by ${registry} without a login${words(verdict)}`,
        fix: "add the registry to fleet:registries",
      };
    case "no-right":
      return {
        problem: `is refused by ${registry}: ${username} has no right to pull it, or a wrong password${words(verdict)}`,
        fix: `grant it the right to pull, or ${renew}`,
      };
    case "no-such-image":
      return {
        problem: `is not in ${registry}, or hidden from ${username === "" ? "an anonymous pull" : username}${words(verdict)}`,
        fix: "correct the repository or tag, or grant the right to pull",
      };
    case "invalid-image":
      return { problem: verdict.problem, fix: "write it as registry/repository:tag" };
    case "accepted":
    case "rate-limited":
    case "unreachable":
    case "failing":
      return undefined;
  }
}

/** A warning about an answer that tells nothing of the credential. */
export function uncertainty({ image, registry, verdict }: ProbeResult): string[] {
  const later = "the pull check will tell whether the cluster can pull it";
  switch (verdict.kind) {
    case "rate-limited":
      return [`${image} could not be checked: ${registry} limits the rate${limitEnd(verdict)}; ${later}`];
    case "unreachable":
      return [`${image} could not be checked from this machine: ${verdict.host}: ${verdict.detail}; ${later}`];
    case "failing":
      return [`${image} could not be checked: ${verdict.host} ${verdict.detail}; ${later}`];
    case "accepted":
    case "wrong-credential":
    case "login-needed":
    case "no-right":
    case "no-such-image":
    case "invalid-image":
      return [];
  }
}

function limitEnd(verdict: Extract<Verdict, { kind: "rate-limited" }>): string {
  const seconds = verdict.retryAfterSeconds ?? verdict.windowSeconds;
  return seconds === undefined ? "" : ` for another ${seconds} s`;
}

function words({ status, said }: { readonly status: number; readonly said?: string }): string {
  return said === undefined ? ` (${status})` : ` (${status}: ${said})`;
}
