/** Who gave the answer that a verdict rests on. */
export interface Source {
  /** Host, and port where it is not the scheme's own. */
  readonly host: string;
  readonly from: "registry" | "token service";
  /** The answer's own words: one line of at most 200 characters, without control characters and without a secret. */
  readonly said?: string;
}

/** The image can be pulled. */
export interface Accepted {
  readonly kind: "accepted";
  /** `unneeded`: the registry asked for none, so a wrong password would not have shown. `none`: there is no login. */
  readonly credential: "used" | "unneeded" | "none";
}

/** A clear no: username or password is wrong, expired or revoked. */
export interface WrongCredential extends Source {
  readonly kind: "wrong-credential";
  readonly status: 401;
}

/** A clear no: there is no login, and the image wants one. A registry may say the same of an image that does not exist. */
export interface LoginNeeded extends Source {
  readonly kind: "login-needed";
  readonly status: 401 | 403;
}

/**
 * A clear no: the login may not pull from this repository. A registry may say the same of a repository that does not
 * exist; and a token service that answers 403 (`from: "token service"`) may say it of a wrong password.
 */
export interface NoRight extends Source {
  readonly kind: "no-right";
  readonly status: 401 | 403;
}

/** A clear no: the image does not exist, or the registry hides it from this login. */
export interface NoSuchImage extends Source {
  readonly kind: "no-such-image";
  readonly status: 404;
  /** What the registry says is missing. Some know no repositories, only manifests, and say `manifest` of both. */
  readonly missing?: "repository" | "manifest";
}

/**
 * What is asked in one way is refused, and in another given: the image is there, and whether it is pulled depends on the
 * node. containerd begins without a login and with HEAD, and ends at a 403 or 404; CRI-O asks the API's root for what to bring,
 * and then by GET.
 */
export interface Contradictory {
  readonly kind: "contradictory";
  readonly host: string;
  readonly status: 403 | 404;
  /** Who gets that status: HEAD where GET gets the manifest; nobody (who has not logged in) where the login gets it. */
  readonly refused: "HEAD" | "nobody";
}

/** Not known: too many requests, or too many failed logins. */
export interface RateLimited extends Source {
  readonly kind: "rate-limited";
  readonly status: 403 | 429;
  /** Where too many logins have failed: an account is locked, or this machine, and that is no limit of a rate. */
  readonly afterFailedLogins?: true;
  /** When the registry says that it ends, from now. */
  readonly retryAfterSeconds?: number;
  /** The time that the limit counts over; it has ended after as many seconds. */
  readonly windowSeconds?: number;
}

/** What kept an answer from coming. */
export type NetworkProblem = "DNS" | "refused" | "no route" | "timeout" | "TLS" | "reset" | "protocol" | "proxy";

/** Not known: no answer from this machine. The cluster may see the registry all the same. */
export interface Unreachable {
  readonly kind: "unreachable";
  /** Of the registry, its token service, or a host that it redirected to. */
  readonly host: string;
  readonly reason: NetworkProblem;
  /** A clause that says what is wrong: "its certificate has expired". */
  readonly detail: string;
}

/** Not known: the registry or its token service is broken, or is none. */
export interface Failing extends Source {
  readonly kind: "failing";
  /** 5xx, or another status that says nothing about the credential. */
  readonly status?: number;
  /** A clause that follows the host: "answers 503". */
  readonly detail: string;
}

/** The image's reference is none, so nothing was asked. */
export interface InvalidImage {
  readonly kind: "invalid-image";
  /** A clause that follows the image: "is empty". */
  readonly problem: string;
}

export type Verdict =
  | Accepted
  | WrongCredential
  | LoginNeeded
  | NoRight
  | NoSuchImage
  | Contradictory
  | RateLimited
  | Unreachable
  | Failing
  | InvalidImage;

/** Ends the questions about one image early. */
export class Stopped extends Error {
  constructor(readonly verdict: Verdict) {
    super(verdict.kind);
  }
}
