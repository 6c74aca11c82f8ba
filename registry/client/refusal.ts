import { parseChallenges } from "./challenge";
import type { Answer, Request } from "./http-client";
import type { Login } from "./login";
import { rateLimitEnd } from "./rate-limit";
import type { Failing, Source, Verdict } from "./verdict";
import { errorCodes, isWebPage, shownHost, wordsOf } from "./words";

/** One exchange, with what its verdict depends on. */
export interface Exchange {
  readonly from: Request["from"];
  readonly answer: Answer;
  /** What was sent; where none was, a refusal asks for one. */
  readonly login: Login | undefined;
}

/** Who answered, and its own words. */
export function sourceOf({ from, answer }: Exchange): Source {
  const said = wordsOf(answer, parseChallenges(answer.headers["www-authenticate"]));
  return { host: shownHost(answer.url, answer.secrets), from, ...said };
}

/** An answer that says nothing about credential or image. */
export function failing(exchange: Exchange, detail: string): Failing {
  return { kind: "failing", ...sourceOf(exchange), status: exchange.answer.status, detail };
}

/**
 * What a status other than 2xx and 401 means; 401 depends on what was sent.
 *
 * @param isRegistry whether the host is known to be what it should be: a firewall, too, answers 403 and 404
 */
export function refusal(exchange: Exchange, isRegistry: boolean): Verdict {
  const { answer, login } = exchange;
  const { status } = answer;
  if (status === 429) {
    return { kind: "rate-limited", status, ...sourceOf(exchange), ...rateLimitEnd(answer.headers) };
  }
  if (status === 403 && answer.own && isRegistry && !isWebPage(answer)) {
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
