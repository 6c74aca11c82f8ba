import { writtenForms } from "../secret-forms";

/** One line without control characters. */
export const oneLine = (text: string): string => text.replace(/[\p{C}\s]+/gu, " ").trim();

/** Both ways round, since one capital can stand for several small letters: `Κ` for `κ` and `ϰ`. */
const ignoringCase = (text: string): string => text.toLowerCase().toUpperCase();

/** Every password and token of one run: what no words may repeat. */
export class KnownSecrets {
  readonly #secrets: Set<string>;

  constructor(secrets: Iterable<string>) {
    this.#secrets = new Set(secrets);
  }

  add(secret: string): void {
    this.#secrets.add(secret);
  }

  /** Whether a line repeats one of them, in whatever form and letter case. */
  areIn(line: string): boolean {
    const folded = ignoringCase(line);
    return [...this.#secrets].some((secret) => {
      // No form is much shorter than its secret, and a token can be very long.
      if (oneLine(secret).length > folded.length + 2) return false;
      const forms = [...writtenForms(secret).values()].map((form) => ignoringCase(oneLine(form)));
      return forms.some((form) => form !== "" && folded.includes(form));
    });
  }
}
