import { type Attempt, manifest, type Question, refuseLogin } from "./attempt";
import { type Answer, isGood, isWebPage } from "./exchange";
import { countsPulls } from "./origins";
import { unlessStopped } from "./registry-session";
import { challengesOf, type Exchange, failing, sourceOf, statusVerdict } from "./status-verdict";
import { isForNobody } from "./token-service";
import type { Contradictory, Verdict } from "./verdict";
import { wayIn } from "./way-in";

/** A registry that hides what is private, or has not got it. */
export const isHidden = ({ status, fromAskedHost }: Answer): boolean => [403, 404].includes(status) && fromAskedHost;

export const isManifest = (answer: Answer): boolean => isGood(answer) && !isWebPage(answer);

/** What an image's last answer means. Asks for what is missing from it: words, and whether a registry has answered at all. */
export async function imageVerdict(question: Question, attempt: Attempt): Promise<Verdict> {
  const { session, origin, login } = question;
  const { answer, way, authorization, token } = attempt;
  const exchange: Exchange = { from: "registry", answer, login };
  if (isGood(answer)) {
    if (isWebPage(answer)) return failing(exchange, "answers with a web page");
    if (login === undefined) return { kind: "accepted", credential: "none" };
    return { kind: "accepted", credential: authorization !== undefined && !isForNobody(token) ? "used" : "unneeded" };
  }
  if (answer.status === 401) return verdictOf401(question, attempt);
  if (answer.status === 429 || answer.status >= 500) return statusVerdict(await withWords(question, exchange), true);
  if (![403, 404].includes(answer.status)) return statusVerdict(exchange, true);
  if (way === undefined && (await session.root(origin))?.isRegistry !== true) {
    return statusVerdict(await withWords(question, exchange), false);
  }
  const got = await gotInstead(question, attempt);
  if (got !== undefined && isManifest(got)) return contradiction(exchange, "HEAD");
  return statusVerdict(got?.status === answer.status ? { ...exchange, answer: got } : exchange, true);
}

/** @param refused what does not get what another way of asking gets */
export function contradiction(exchange: Exchange, refused: Contradictory["refused"]): Contradictory {
  const status = exchange.answer.status === 403 ? 403 : 404;
  return { kind: "contradictory", host: sourceOf(exchange).host, status, refused };
}

function verdictOf401(question: Question, { answer, way, token, isKnown }: Attempt): Verdict {
  const { origin, reference, login } = question;
  const exchange: Exchange = { from: "registry", answer, login };
  if (!answer.fromAskedHost) return failing(exchange, "answers 401 after a redirect");
  const challenges = challengesOf(answer);
  if (way === undefined && wayIn(challenges, origin, reference.repository) === undefined) {
    return failing(exchange, "answers 401, and offers neither Basic nor a token service over HTTPS");
  }
  if (login === undefined) return { kind: "login-needed", status: 401, ...sourceOf(exchange) };
  if (token !== undefined && challenges.some(({ parameters }) => parameters.get("error") === "invalid_token")) {
    return failing(exchange, "does not take its token service's token");
  }
  if (isKnown === true) return { kind: "no-right", status: 401, ...sourceOf(exchange) };
  return refuseLogin(question, login, { kind: "wrong-credential", status: 401, ...sourceOf(exchange) });
}

/** The answer to GET, which should be the same: its body says what is missing, or that a token has expired. */
async function gotInstead(question: Question, { answer, authorization }: Attempt): Promise<Answer | undefined> {
  if (answer.body !== "" || !answer.fromAskedHost || countsPulls(question.origin)) return answer;
  return unlessStopped(manifest(question, "GET", authorization));
}

/** What is broken or wants fewer questions is not asked for the manifest again: the root has words too. */
async function withWords({ session, origin }: Question, exchange: Exchange): Promise<Exchange> {
  if (exchange.answer.body !== "") return exchange;
  const { answer } = (await session.root(origin)) ?? {};
  return answer?.status === exchange.answer.status ? { ...exchange, answer } : exchange;
}
