import type { ImageReference } from "../image-reference";
import type { Challenge } from "./challenge";
import { type Answer, isGood } from "./exchange";
import { basic, type Login } from "./login";
import { askForManifest } from "./manifest";
import type { RegistrySession } from "./registry-session";
import { challengesOf, type Exchange, sourceOf, statusVerdict } from "./status-verdict";
import { isForNobody, type Token, type TokenService } from "./token-service";
import { Stopped, type Verdict } from "./verdict";
import type { WayIn } from "./way-in";

/** One image that is asked for with one login, or anonymously. */
export interface Question {
  readonly session: RegistrySession;
  /** `https://registry.example.com` */
  readonly origin: string;
  readonly reference: ImageReference;
  readonly login: Login | undefined;
}

/** The manifest's answer, and what went along with the question. */
export interface Attempt {
  readonly answer: Answer;
  /** @default none, nothing went along */
  readonly way?: WayIn;
  readonly authorization?: string;
  readonly token?: Token;
  /** Whether the registry is known to know the login, whatever this answer is. */
  readonly isKnown?: boolean;
}

export const manifest = (
  { session, origin, reference }: Question,
  method: "GET" | "HEAD",
  authorization?: string,
): Promise<Answer> => askForManifest(session.client, origin, reference, method, authorization);

/**
 * Asks for the manifest in the way that the registry wants. A way for logins needs one.
 *
 * @throws Stopped where it does not come to that
 */
export async function attempt(question: Question, way: WayIn): Promise<Attempt> {
  const { login } = question;
  if (way.kind === "token") return withToken(question, way.service);
  if (login === undefined) throw new Error("there is no login to go in with");
  return withLogin(question, way.realm, login);
}

/** A no that is one for all images of this registry: nobody sends the login again. */
export function refuseLogin({ session, reference }: Question, login: Login, verdict: Verdict): Verdict {
  session.standing(reference.registry, login).refuse(verdict);
  return verdict;
}

async function withToken(question: Question, service: TokenService): Promise<Attempt> {
  const { session, reference, login } = question;
  const standing = login && session.standing(reference.registry, login);
  standing?.check();
  const token = await session.token(service, login).catch((error: unknown) => {
    // A no to this repository says nothing of others.
    if (error instanceof Stopped && error.verdict.kind !== "no-right") standing?.refuse(error.verdict);
    throw error;
  });
  const isKnown = !isForNobody(token);
  if (isKnown) standing?.prove();
  const authorization = `Bearer ${token.text}`;
  const answer = await manifest(question, "HEAD", authorization);
  return { answer, way: { kind: "token", service }, authorization, token, isKnown };
}

async function withLogin(question: Question, realm: string | undefined, login: Login): Promise<Attempt> {
  const { session, origin, reference } = question;
  const standing = session.standing(reference.registry, login);
  standing.check();
  // The root first: it has words, and tells a wrong password from a repository that the login may not see.
  const [root, atRoot] = await Promise.all([session.root(origin), session.rootWithLogin(origin, login)]);
  const isOfRealm = (challenges: readonly Challenge[]) =>
    challenges.some(({ scheme, parameters }) => scheme === "basic" && parameters.get("realm") === realm);
  if (atRoot !== undefined) {
    const verdict = verdictAtRoot({ from: "registry", answer: atRoot, login }, isOfRealm);
    if (verdict !== undefined) throw new Stopped(refuseLogin(question, login, verdict));
  }
  const isKnown = atRoot !== undefined && isGood(atRoot) && root !== undefined && isOfRealm(root.challenges);
  if (isKnown) standing.prove();

  const authorization = basic(login);
  const answer = await manifest(question, "HEAD", authorization);
  if (answer.status < 500 && ![401, 429].includes(answer.status)) standing.prove();
  return { answer, way: { kind: "login", realm }, authorization, isKnown };
}

/** A no to the login itself. */
function verdictAtRoot(
  exchange: Exchange,
  isOfRealm: (challenges: readonly Challenge[]) => boolean,
): Verdict | undefined {
  const { answer } = exchange;
  if (answer.status === 401 && answer.fromAskedHost && isOfRealm(challengesOf(answer))) {
    return { kind: "wrong-credential", status: 401, ...sourceOf(exchange) };
  }
  const verdict = statusVerdict(exchange, true);
  return verdict.kind === "rate-limited" ? verdict : undefined;
}
