import type { ProbeResult, Verdict } from "../registry/client/probe";
import type { Issue } from "../registry/issue";

/** What is to be said of images. */
export interface Remark {
  /** @param images one image or, where `together`, a list of all that it is true of */
  readonly about: (images: string) => Issue;
  readonly together: boolean;
}

const together = (about: Remark["about"]): Remark => ({ about, together: true });

/** What to do about a chart that no login is for. Helm has what `helm registry login` left on this machine, too. */
export const noChartLogin =
  "set chartUsername and chartPassword, or add the registry to fleet:registries, unless Helm is logged in on this machine";

/** What names a chart. */
export const correctChart =
  'correct chart or chartVersion, which is the tag: v7.0.2 with the "v" where Fleet\'s own was pushed';

const correctImage = "correct the repository or tag";

const addRegistry =
  "add the registry to fleet:registries, or, if the nodes have a login of their own, set registryCheck to warn";

/** What is known of an image's credential, for the advice. */
export interface Remedies {
  /**
   * What gives the credential a new password, as an order. None where there is no credential: the kubelet may have one that no
   * Secret holds, from a cloud's credential provider or a file on the node, which cannot be known here.
   */
  readonly renewal?: string | undefined;
  /** Why there is none, as an order that follows it, where that can be told. */
  readonly cause?: string | undefined;
  /** Whether the registry accepts another credential for the image. @default false */
  readonly hasOther?: boolean;
  /** What corrects its name, as an order. @default the repository or tag */
  readonly correct?: string | undefined;
}

/** What a registry's clear no means and what to do about it; `undefined` for every other answer. */
export function refusalOf(
  { registry, username = "", verdict }: ProbeResult,
  { renewal, cause, hasOther = false, correct = correctImage }: Remedies = {},
): Remark | undefined {
  const login = cause ?? renewal ?? addRegistry;
  const { kind: code } = verdict;
  switch (code) {
    case "wrong-credential": {
      const said = answered(verdict, hasOther);
      const problem = `wrong password or expired token${said}`;
      return together((images) => ({
        code,
        sentence: `${registry} refuses ${username} for ${images}: ${problem}`,
        fix: login,
      }));
    }
    case "login-needed": {
      const said = answered(verdict, hasOther);
      return together((images) => ({
        code,
        sentence: `${registry} wants a login for ${images}${said}`,
        // Docker Hub, GitLab and others answer so where there is no such repository, too.
        fix: login === addRegistry ? `correct the repository, or ${login}` : login,
      }));
    }
    case "no-right": {
      const said = answered(verdict, hasOther);
      return together((images) => ({
        code,
        sentence: `${registry} does not let ${username} pull ${images}${said}`,
        fix: `grant it the right to pull, ${correct === correctImage ? "correct the repository, " : ""}or ${login}`,
      }));
    }
    case "no-such-image": {
      const who = username === "" ? "an anonymous pull" : username;
      const said = answered(verdict, hasOther);
      const grant = renewal === undefined ? "" : ", or grant the right to pull";
      return together((images) => ({
        code,
        sentence: `${registry} has no ${images} that ${who} may see${said}`,
        fix: `${correct}${grant}, or ${login}`,
      }));
    }
    case "invalid-image": {
      const { problem } = verdict;
      const fix = "write it as registry/repository:tag";
      return { together: false, about: (image) => ({ code, sentence: `${image} ${problem}`, fix }) };
    }
    case "accepted":
    case "contradictory":
    case "rate-limited":
    case "unreachable":
    case "failing":
      return undefined;
  }
}

/** What an answer means that tells nothing of the credential; `undefined` for every other answer. */
export function uncertaintyOf({ registry, verdict }: ProbeResult): Remark | undefined {
  const later = "pulumi up will show whether the cluster can pull";
  const { kind: code } = verdict;
  if (code === "rate-limited") {
    const said = verdict.said === undefined ? "" : ` (${verdict.status}: ${verdict.said})`;
    const end = limitEnd(verdict);
    if (verdict.afterFailedLogins !== true) {
      return together((images) => ({
        code,
        sentence: `${registry} does not tell about ${images}: it has had too many requests${said}${end}`,
        fix: later,
      }));
    }
    return together((images) => ({
      code: "failed-logins",
      sentence: `${registry} does not tell about ${images}: it has had too many failed logins${said}${end}`,
      fix: "wait before pulumi up, since every further try may keep the account locked",
    }));
  }
  if (code === "contradictory") {
    const { host, status, refused } = verdict;
    const nodes = "nodes with CRI-O will pull, nodes with containerd will not";
    if (refused === "HEAD") {
      return together((images) => ({
        code,
        sentence: `${host} contradicts itself about ${images}: it answers ${status} to HEAD and 200 to GET; ${nodes}`,
        fix: "let HEAD through to manifests, at the registry or at what stands in front of it",
      }));
    }
    return together((images) => ({
      code,
      sentence: `${host} contradicts itself about ${images}: it answers ${status} without a login, and 200 with one that it did not ask for; ${nodes}`,
      fix: "make it answer 401 to those without a login",
    }));
  }
  if (code === "failing") {
    const { host, detail } = verdict;
    const said = verdict.said === undefined ? "" : ` (${verdict.said})`;
    return together((images) => ({
      code,
      sentence: `${host} does not tell about ${images}: it ${detail}${said}`,
      fix: later,
    }));
  }
  if (code !== "unreachable") return undefined;
  const { host, detail } = verdict;
  const isPrivate = verdict.reason === "TLS" && detail.includes("authority");
  const trust = `put the authority's certificate into fleet:registryCaCertificate; without it, ${later}`;
  return together((images) => ({
    code,
    sentence: `${host} cannot be asked about ${images} from this machine: ${detail}`,
    fix: isPrivate ? trust : later,
  }));
}

/**
 * Said of an image that no credential is for.
 *
 * @param cause why the one that seems to be meant for it is not
 */
export const anonymousPull = (cause?: string): Remark => ({
  together: false,
  about: (image) => ({
    code: "anonymous-pull",
    sentence: `${image} is pulled anonymously, since no credential is for its registry`,
    fix: cause ?? "where it needs one, add the registry to fleet:registries",
  }),
});

/** Said of a credential that may do more than pull. */
export function mayPush(username: string, renewal: string | undefined): Remark {
  const fix = `use a pull-only token${renewal === undefined ? "" : `: ${renewal}`}`;
  return together((images) => ({
    code: "may-push",
    sentence: `${username} may not only pull but push ${images}`,
    fix,
  }));
}

/** Said where nobody can tell whether a credential may do more. */
export function pushUnknown(username: string): Remark {
  return together((images) => ({
    code: "push-unknown",
    sentence: `The registry does not tell whether ${username} may push ${images}`,
    fix: "make sure that it may only pull",
  }));
}

function limitEnd({ retryAfterSeconds, windowSeconds }: Extract<Verdict, { kind: "rate-limited" }>): string {
  if (retryAfterSeconds !== undefined) return ` and answers again in ${duration(retryAfterSeconds)}`;
  return windowSeconds === undefined ? "" : ` and answers again within ${duration(windowSeconds)}`;
}

function duration(seconds: number): string {
  if (seconds <= 120) return `${seconds} s`;
  return seconds <= 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

function answered({ status, said }: { readonly status: number; readonly said?: string }, hasOther: boolean): string {
  const words = said === undefined ? ` (${status})` : ` (${status}: ${said})`;
  return hasOther ? `${words}, and accepts another credential` : words;
}
