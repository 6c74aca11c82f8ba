const shown = "[secret]";

/**
 * A password in plain text. Whatever prints, logs or serializes it, or a value that it is in, gets `[secret]`; `reveal` is the one way to
 * read it, and the way to find every place that does.
 */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The password itself. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  /** For `util.inspect`, and so for `console.log` and messages of assertions. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return shown;
  }
}
