import type { ImageReference } from "../image-reference";
import type { Answer } from "./exchange";
import type { HttpClient } from "./http-client";
import { basic, type Login } from "./login";
import { LoginStanding } from "./login-standing";
import { askFirst, type FirstAnswer } from "./manifest";
import { askRoot, type RegistryRoot } from "./registry-root";
import { askForToken, type Token, type TokenService } from "./token-service";
import { Stopped } from "./verdict";

/** One run of questions. What several images have in common is asked once. */
export class RegistrySession {
  readonly #asked = new Map<string, Promise<unknown>>();
  readonly #standings = new Map<string, LoginStanding>();

  constructor(readonly client: HttpClient) {}

  /** The answer to a question that may have been asked before. */
  once<T>(question: readonly (string | readonly string[] | undefined)[], ask: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(question);
    const promise = (this.#asked.get(key) as Promise<T> | undefined) ?? ask();
    this.#asked.set(key, promise);
    return promise;
  }

  /** The manifest without a credential. @throws Stopped where no answer comes */
  firstAnswer(reference: ImageReference): Promise<FirstAnswer> {
    const { name, tag, digest } = reference;
    return this.once(["first", name, digest ?? tag ?? "latest"], () => askFirst(this.client, reference));
  }

  /** The API's root without a credential; nothing where it does not answer. */
  root(origin: string): Promise<RegistryRoot | undefined> {
    return this.once(["root", origin], () => unlessStopped(askRoot(this.client, origin)));
  }

  /** The API's root with a login (Basic); nothing where it does not answer. */
  rootWithLogin(origin: string, login: Login): Promise<Answer | undefined> {
    return this.once(["root", origin, login.username, login.password.reveal()], () => {
      const url = new URL("/v2/", origin);
      return unlessStopped(this.client.ask({ method: "GET", url, from: "registry", authorization: basic(login) }));
    });
  }

  /** @throws Stopped where there is none */
  token(service: TokenService, login: Login | undefined): Promise<Token> {
    const question = [
      "token",
      service.realm.href,
      service.service,
      service.scopes,
      login?.username,
      login?.password.reveal(),
    ];
    return this.once(question, () => askForToken(this.client, service, login));
  }

  /** @param registry host and port, as an image names it */
  standing(registry: string, { username, password }: Login): LoginStanding {
    const key = JSON.stringify([registry, username, password.reveal()]);
    const standing = this.#standings.get(key) ?? new LoginStanding();
    this.#standings.set(key, standing);
    return standing;
  }
}

/** For questions whose answer only adds to what is known. */
export async function unlessStopped<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
}
