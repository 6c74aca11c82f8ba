import { writtenForms } from "./secret-forms";
import type { Issue } from "./issue";
import { withoutUserInfo } from "./user-info";

/** A secret of fewer characters is a part of many words: it is hidden only where it stands alone. */
const wordLength = 4;

/**
 * Hides what no text may show: every secret that it knows, in whatever form and letter case, and the user info of every address.
 * A text without any of these stays as it is.
 */
export class Mask {
  readonly #secrets: readonly string[];
  readonly #patterns = new Map<string, readonly RegExp[]>();

  /** Empty ones are none. */
  constructor(secrets: Iterable<string>) {
    // The longest first: another may be a part of it.
    this.#secrets = [...new Set(secrets)].filter((secret) => secret.trim() !== "").sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    // No form is much shorter than its secret, and a key can be very long.
    const possible = this.#secrets.filter((secret) => secret.length <= text.length + 2);
    const patterns = possible.flatMap((secret) => this.patternsOf(secret));
    return withoutUserInfo(patterns.reduce((hidden, pattern) => hidden.replace(pattern, "***"), text));
  }

  /** The code is for machines, and no text. */
  issue({ code, place, sentence, fix }: Issue): Issue {
    return {
      code,
      ...(place !== undefined && { place: this.text(place) }),
      sentence: this.text(sentence),
      ...(fix !== undefined && { fix: this.text(fix) }),
    };
  }

  private patternsOf(secret: string): readonly RegExp[] {
    const known = this.#patterns.get(secret);
    if (known !== undefined) return known;
    // The list leaves the last digits of base64 to whatever follows; of a whole one they are the secret's.
    const whole = Buffer.from(secret).toString("base64");
    const forms = [...writtenForms(secret).values(), whole].sort((a, b) => b.length - a.length);
    const patterns = forms.map(pattern);
    this.#patterns.set(secret, patterns);
    return patterns;
  }
}

function pattern(form: string): RegExp {
  const exact = form.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const alone = `(?<![\\p{L}\\p{N}])${exact}(?![\\p{L}\\p{N}])`;
  return form.length >= wordLength ? new RegExp(exact, "giu") : new RegExp(alone, "gu");
}
