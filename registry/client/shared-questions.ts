import type { Answer, HttpClient } from "./http-client";
import { basic, type Login } from "./login";
import { findRegistry, type RegistryHost } from "./registry-host";
import { askForToken, type Token, type TokenService } from "./token-service";
import { Stopped } from "./verdict";

/** What several images have in common is asked once. */
export class SharedQuestions {
  private readonly asked = new Map<string, Promise<unknown>>();

  constructor(readonly client: HttpClient) {}

  /** The answer to a question that may have been asked before. */
  once<T>(question: readonly (string | undefined)[], ask: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(question);
    const promise = (this.asked.get(key) as Promise<T> | undefined) ?? ask();
    this.asked.set(key, promise);
    return promise;
  }

  /** @throws Stopped where it does not answer */
  registry(name: string): Promise<RegistryHost> {
    return this.once(["registry", name], () => findRegistry(this.client, name));
  }

  /** @throws Stopped where there is none */
  token(service: TokenService, scope: string, login: Login | undefined): Promise<Token> {
    const question = ["token", service.realm.href, service.service, scope, login?.username, login?.password];
    return this.once(question, () => askForToken(this.client, service, scope, login));
  }

  /** The API's root with a login (Basic); nothing where it does not answer. */
  login({ origin }: RegistryHost, login: Login): Promise<Answer | undefined> {
    return this.once(["login", origin, login.username, login.password], () => {
      const url = new URL("/v2/", origin);
      return unlessStopped(this.client.ask({ method: "GET", url, from: "registry", authorization: basic(login) }));
    });
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
