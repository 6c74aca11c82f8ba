import type { ImageReference } from "../image-reference";
import { type Attempt, attempt, type Question } from "./attempt";
import type { Answer } from "./exchange";
import { contradiction, imageVerdict, isHidden, isManifest } from "./image-verdict";
import type { Login } from "./login";
import { askForPush, type Push } from "./push-right";
import type { RegistrySession } from "./registry-session";
import { challengesOf } from "./status-verdict";
import type { Verdict } from "./verdict";
import { isSameWay, wayIn } from "./way-in";

export interface ImageAnswer {
  readonly verdict: Verdict;
  /** Where it was asked for, and there is a login. */
  readonly push?: Push;
}

/**
 * Asks for one image with one login, as containerd does: without it first, then as the answer says.
 *
 * @throws Stopped where a verdict is found before the manifest is asked for
 */
export function askForImage(
  session: RegistrySession,
  reference: ImageReference,
  login: Login | undefined,
  asksForPush: boolean,
): Promise<ImageAnswer> {
  const { name, tag, digest } = reference;
  return session.once(
    ["image", name, digest ?? tag ?? "latest", login?.username, login?.password.reveal()],
    async () => {
      const { origin, answer: first } = await session.firstAnswer(reference);
      const question = { session, origin, reference, login };
      const last = await follow(question, await uninvited(question, first));
      const verdict =
        isHidden(first) && isManifest(last.answer)
          ? contradiction({ from: "registry", answer: first, login }, "nobody")
          : await imageVerdict(question, last);
      return asksForPush && login !== undefined
        ? { verdict, push: await push(question, login, last, verdict) }
        : { verdict };
    },
  );
}

/** Some hide what is private from those who bring no login, without a word that they want one, which they say at the root. */
async function uninvited(question: Question, answer: Answer): Promise<Attempt> {
  const { session, origin, reference, login } = question;
  if (!isHidden(answer) || login === undefined) return { answer };
  const { challenges = [] } = (await session.root(origin)) ?? {};
  const way = wayIn(challenges, origin, reference.repository);
  return way === undefined ? { answer } : attempt(question, way);
}

/** Does what a 401 asks for; and once more where a token is not enough and something else is asked for then. */
async function follow(question: Question, last: Attempt): Promise<Attempt> {
  const { answer } = last;
  if (answer.status !== 401 || !answer.fromAskedHost) return last;
  const way = wayIn(challengesOf(answer), question.origin, question.reference.repository);
  const isOpen = way?.kind === "token" || (way !== undefined && question.login !== undefined);
  if (!isOpen || isSameWay(last.way, way)) return last;
  const next = await attempt(question, way);
  // Not after a login, which would be sent twice.
  return last.way === undefined && next.token !== undefined ? follow(question, next) : next;
}

async function push(question: Question, login: Login, { way, token }: Attempt, verdict: Verdict): Promise<Push> {
  const isGiven = verdict.kind === "accepted" && verdict.credential === "used";
  if (!isGiven || way?.kind !== "token" || token === undefined) return "unknown";
  return askForPush(question.session, way.service, token, question.reference.repository, login);
}
