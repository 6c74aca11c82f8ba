/** What is wrong with one value, and what to do about it. Neither text ever holds a secret. */
export interface Mistake {
  /** A clause that follows the value's name: "is empty". */
  readonly problem: string;
  /** What to do, as an order: "set the password". */
  readonly fix: string;
}

/** A mistake and its place in the args, such as `registries["ghcr.io"].username` or `imagePullSecrets[1]`. */
export interface Problem extends Mistake {
  readonly path: string;
}

/** Tells a mistake from a parsed value. */
export function isMistake<T extends object>(result: T | Mistake): result is Mistake {
  return "problem" in result;
}
