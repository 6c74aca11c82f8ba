import { parseChallenges } from "./challenge";
import { type Answer, isWebPage, type Request } from "./exchange";
import type { Login } from "./login";
import { rateLimitEnd } from "./rate-limit";
import { errorCodes, shownHost, wordsOf } from "./registry-words";
import type { Failing, RateLimited, Source, Verdict } from "./verdict";

/** One exchange, with what its verdict depends on. */
export interface Exchange {
  readonly from: Request["from"];
  readonly answer: Answer;
  /** What was sent; where none was, a refusal asks for one. */
  readonly login: Login | undefined;
}

/** The challenges of an answer. */
export const challengesOf = ({ headers }: Answer) => parseChallenges(headers["www-authenticate"]);

/** Who answered, and its own words. */
export function sourceOf({ from, answer }: Exchange): Source {
  return { host: shownHost(answer.url, answer.secrets), from, ...wordsOf(answer, challengesOf(answer)) };
}

/** An answer that says nothing about credential or image. */
export function failing(exchange: Exchange, detail: string): Failing {
  return { kind: "failing", ...sourceOf(exchange), status: exchange.answer.status, detail };
}

/** Docker Hub: "too many failed login attempts for username or IP address"; Artifactory: "recurrent login failures". */
const failedLogins = /\bfailed (log-?ins?|sign-?ins?|auth\w*)\b|\blog-?in (failures|attempts)\b/i;

/** Too many requests, or too many failed logins, which Artifactory says with 403. */
function limited(exchange: Exchange): RateLimited | undefined {
  const { status, headers } = exchange.answer;
  if (status !== 403 && status !== 429) return undefined;
  const source = sourceOf(exchange);
  const isAfterFailedLogins = failedLogins.test(source.said ?? "");
  if (status === 403 && !isAfterFailedLogins) return undefined;
  const because = isAfterFailedLogins ? ({ afterFailedLogins: true } as const) : {};
  return { kind: "rate-limited", status, ...source, ...because, ...rateLimitEnd(headers) };
}

/**
 * A no to this machine's address, whoever asks: Azure's firewall ("client with IP '…' is not allowed access", Azure/acr 633), GitHub's "IP
 * allow list", Google's VPC Service Controls. The nodes have others.
 */
const notFromHere = /\bclient with IP\b|\bIP allow ?list\b|\bvpcServiceControls/i;

/**
 * What a status other than 2xx and 401 means; 401 depends on what was sent.
 *
 * @param isRegistry whether the host is known to be what it should be: a firewall, too, answers 403 and 404
 */
export function statusVerdict(exchange: Exchange, isRegistry: boolean): Verdict {
  const { answer, login } = exchange;
  const { status } = answer;
  const limit = limited(exchange);
  if (limit !== undefined) return limit;
  if (status === 403 && notFromHere.test(sourceOf(exchange).said ?? "")) {
    return failing(exchange, "lets nobody in from this machine's address");
  }
  if (status === 403 && answer.fromAskedHost && isRegistry && !isWebPage(answer)) {
    return { kind: login === undefined ? "login-needed" : "no-right", status, ...sourceOf(exchange) };
  }
  if (status === 404 && exchange.from === "registry" && isRegistry) {
    const codes = errorCodes(answer.body);
    const missing = codes.includes("NAME_UNKNOWN")
      ? "repository"
      : codes.includes("MANIFEST_UNKNOWN")
        ? "manifest"
        : undefined;
    return { kind: "no-such-image", status, ...sourceOf(exchange), ...(missing === undefined ? {} : { missing }) };
  }
  const page = isWebPage(answer) && status < 500 ? " with a web page" : "";
  return failing(exchange, `answers ${status}${page}`);
}
