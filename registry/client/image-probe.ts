import type { ImageReference } from "../image-reference";
import { type Challenge, parseChallenges } from "./challenge";
import type { Answer } from "./http-client";
import { basic, type Login } from "./login";
import { failing, type Exchange, refusal, sourceOf } from "./refusal";
import { countsPulls, type RegistryHost } from "./registry-host";
import { type SharedQuestions, unlessStopped } from "./shared-questions";
import { grants, type Token, type TokenService, tokenService } from "./token-service";
import { Stopped, type Verdict } from "./verdict";
import { isWebPage } from "./words";

/** Whether a login may push, as far as can be told. */
export type Push = "granted" | "refused" | "unknown";

export interface ImageAnswer {
  readonly verdict: Verdict;
  readonly push?: Push;
}

/** What goes along with a request for the manifest. */
interface Access {
  readonly authorization?: string;
  readonly service?: TokenService;
  readonly token?: Token;
}

/** What containerd v1.7 accepts. */
const manifestTypes = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "*/*",
].join(", ");

const isGood = ({ status }: Answer): boolean => status >= 200 && status <= 299;

/** The questions about one image. */
export class ImageProbe {
  private constructor(
    private readonly shared: SharedQuestions,
    private readonly host: RegistryHost,
    private readonly reference: ImageReference,
    private readonly login: Login | undefined,
    private readonly asksForPush: boolean,
  ) {}

  /** @throws Stopped where a verdict is found before the manifest is asked for */
  static ask(
    shared: SharedQuestions,
    reference: ImageReference,
    login: Login | undefined,
    asksForPush: boolean,
  ): Promise<ImageAnswer> {
    const { name, tag, digest } = reference;
    return shared.once(["image", name, digest ?? tag ?? "latest", login?.username, login?.password], async () => {
      const host = await shared.registry(reference.registry);
      return new ImageProbe(shared, host, reference, login, asksForPush).run();
    });
  }

  private async run(): Promise<ImageAnswer> {
    let { challenges } = this.host;
    let access = await this.access(challenges);
    let [answer, push] = await Promise.all([this.manifest("HEAD", access), this.mayPush(access)]);
    if (answer.status === 401 && answer.own && access.authorization === undefined) {
      // Some registries ask for a credential only here: they have public repositories as well.
      challenges = parseChallenges(answer.headers["www-authenticate"]);
      access = await this.access(challenges);
      if (access.authorization !== undefined) {
        [answer, push] = await Promise.all([this.manifest("HEAD", access), this.mayPush(access)]);
      }
    }
    const verdict = await this.judge(answer, access, challenges);
    return { verdict, ...(push === undefined ? {} : { push }) };
  }

  private async access(challenges: readonly Challenge[]): Promise<Access> {
    const service = challenges.map(tokenService).find((one) => one !== undefined);
    if (service !== undefined) {
      const token = await this.shared.token(service, `repository:${this.reference.repository}:pull`, this.login);
      return { authorization: `Bearer ${token.text}`, service, token };
    }
    const isBasic = challenges.some(({ scheme }) => scheme === "basic");
    return this.login !== undefined && isBasic ? { authorization: basic(this.login) } : {};
  }

  private async manifest(method: "GET" | "HEAD", access: Access): Promise<Answer> {
    const { repository, tag = "latest", digest = tag } = this.reference;
    const answer = await this.shared.client.ask({
      method,
      url: new URL(`/v2/${repository}/manifests/${digest}`, this.host.origin),
      from: "registry",
      accept: manifestTypes,
      ...(access.authorization === undefined ? {} : { authorization: access.authorization }),
    });
    // A few registries know no HEAD here; containerd then does the same.
    return answer.status === 405 && method === "HEAD" ? this.manifest("GET", access) : answer;
  }

  private async judge(answer: Answer, access: Access, challenges: readonly Challenge[]): Promise<Verdict> {
    const { login } = this;
    const exchange: Exchange = { from: "registry", answer, login };
    if (isGood(answer)) {
      if (isWebPage(answer)) return failing(exchange, "answers with a web page");
      if (login === undefined) return { kind: "accepted", credential: "none" };
      const used = access.authorization !== undefined && !isForNobody(access.token);
      return { kind: "accepted", credential: used ? "used" : "unneeded" };
    }
    if (answer.status === 401) return this.judge401(exchange, access, challenges);
    const isRegistry = this.host.isRegistry || challenges.length > 0;
    return refusal(isRegistry ? await this.withBody(exchange, access) : exchange, isRegistry);
  }

  private async judge401(exchange: Exchange, access: Access, challenges: readonly Challenge[]): Promise<Verdict> {
    const { answer, login } = exchange;
    if (!answer.own) return failing(exchange, "answers 401 after a redirect");
    const isKnown = challenges.some((one) => one.scheme === "basic" || tokenService(one) !== undefined);
    if (!isKnown) return failing(exchange, "answers 401, and offers neither Basic nor a token service over HTTPS");
    if (login === undefined) return { kind: "login-needed", status: 401, ...sourceOf(exchange) };

    if (access.token === undefined) {
      // Where the root asks for a login as well, it tells the password from the repository; and it has words.
      const root = this.host.challenges.length > 0 ? await this.shared.login(this.host, login) : undefined;
      const kind = root !== undefined && isGood(root) ? "no-right" : "wrong-credential";
      return { kind, status: 401, ...sourceOf({ ...exchange, answer: root?.status === 401 ? root : answer }) };
    }
    const errors = parseChallenges(answer.headers["www-authenticate"]).map(({ parameters }) => parameters.get("error"));
    if (errors.includes("invalid_token")) return failing(exchange, "does not take its token service's token");
    const kind = isForNobody(access.token) ? "wrong-credential" : "no-right";
    return { kind, status: 401, ...sourceOf(exchange) };
  }

  /** The answer with the body that HEAD leaves out: it says what is missing, or that a token has expired. */
  private async withBody(exchange: Exchange, access: Access): Promise<Exchange> {
    const { status, body, own } = exchange.answer;
    if (![403, 404].includes(status) || body !== "" || !own || countsPulls(this.host)) return exchange;
    const answer = await unlessStopped(this.manifest("GET", access));
    return answer?.status === status ? { ...exchange, answer } : exchange;
  }

  private async mayPush({ service, token }: Access): Promise<Push | undefined> {
    if (!this.asksForPush || this.login === undefined) return undefined;
    if (service === undefined || token?.claims === undefined) return "unknown";
    const { repository } = this.reference;
    try {
      const wider = await this.shared.token(service, `repository:${repository}:pull,push`, this.login);
      const granted = grants(wider, repository, "push");
      return granted === undefined ? "unknown" : granted ? "granted" : "refused";
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return ["no-right", "wrong-credential"].includes(error.verdict.kind) ? "refused" : "unknown";
    }
  }
}

/**
 * Whether a token was given to nobody in particular: its subject is empty (the distribution project's token
 * specification). A service that gives one in return for a login has passed over a wrong password.
 */
const isForNobody = (token: Token | undefined): boolean => token?.claims?.sub === "";
