import type { KeyName, KeyOf } from "./keys";
import { pemMistake } from "./pem";
import { isObject } from "../components/plain-values";
import { nearest } from "../registry/nearest";
import type { Issue, IssueCode } from "../registry/issue";

/** A stack's configuration as the engine hands it over: text, or JSON as text, by `project:key`. */
export interface RawConfig {
  readonly values: Readonly<Record<string, string>>;
  /** Whether the value, or something inside it, is encrypted in the stack's file. */
  readonly isSecret: (key: string) => boolean;
}

/** A map of a stack's configuration, such as `database`. */
export type Entries = Readonly<Record<string, unknown>>;

/** What Kubernetes keeps such numbers in: `int32`. */
const maxInteger = 2_147_483_647;

const onlySecretsAreEncrypted = "only passwords, keys and tokens are encrypted";

/** Reads typed values and collects every problem instead of stopping at the first. An empty value counts as not set. */
export class ConfigReader {
  readonly issues: Issue[] = [];

  constructor(
    private readonly project: string,
    private readonly raw: RawConfig,
  ) {}

  /** Refuses keys of this project that nobody reads; a misspelt key would otherwise pass silently. */
  refuseUnknownKeys(known: readonly string[]): void {
    const keys = Object.keys(this.raw.values).filter((key) => key.startsWith(`${this.project}:`));
    for (const key of keys.sort()) this.refuseUnknown(key.slice(this.project.length + 1), "", known);
  }

  /** Refuses what a stack's file holds in plain text under keys that are to be encrypted. */
  refusePlain(keys: readonly string[]): void {
    for (const key of keys) {
      const isNothing = this.plain(key) === undefined || this.plain(key) === "{}";
      if (isNothing || this.raw.isSecret(`${this.project}:${key}`)) continue;
      const set = key === "registryPasswords" ? `--path '${key}["SERVER"]'` : key;
      this.refuse(
        key,
        "not-encrypted",
        "is not encrypted",
        `set a new one, since this one was readable: pulumi config set --secret ${set}`,
      );
    }
  }

  /** Whether the stack or a default says anything, readable or not. */
  isSet(key: KeyName): boolean {
    return this.plain(key) !== undefined;
  }

  text(key: KeyOf<"string">): string | undefined {
    return this.open(key);
  }

  /** A password, key or token of one line that the stack's file holds encrypted. */
  secret(key: KeyOf<"string">): string | undefined {
    const value = this.plain(key);
    if (value !== undefined && /\p{Cc}/u.test(value)) {
      this.refuse(
        key,
        "malformed",
        "contains a line break or another control character",
        `set it again without: printf %s "$VALUE" | pulumi config set --secret ${key}`,
      );
    }
    return value;
  }

  /** Text in PEM form, with blocks of other labels and the text that tools write around them, as Fleet reads it. */
  pem(key: KeyOf<"string">, label: "CERTIFICATE" | "PRIVATE KEY"): string | undefined {
    const value = label === "CERTIFICATE" ? this.text(key) : this.plain(key);
    if (value !== undefined) this.refuseFor(key, pemMistake(key, label, value));
    return value;
  }

  boolean(key: KeyOf<"boolean">): boolean | undefined {
    const text = this.open(key);
    if (text !== undefined && text !== "true" && text !== "false") {
      this.refuse(key, "malformed", `is ${text}`, "set it to true or false");
    }
    return text === undefined ? undefined : text === "true";
  }

  /** One of a few words; anything else is a problem. */
  choice<C extends string>(key: KeyOf<"string">, choices: readonly C[]): C | undefined {
    const text = this.text(key);
    const chosen = choices.find((choice) => choice === text);
    if (text !== undefined && chosen === undefined) {
      this.refuse(key, "malformed", `is ${text}`, `set it to ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`);
    }
    return chosen;
  }

  integer(key: KeyOf<"integer">, minimum: number): number | undefined {
    const text = this.open(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    const isDecimal = /^-?\d+$/.test(text);
    if (isDecimal && value >= minimum && value <= maxInteger) return value;
    const range = isDecimal && value > maxInteger ? `up to ${maxInteger}` : `from ${minimum} up`;
    this.refuse(key, "malformed", `is ${text}`, `set a whole number ${range}`);
    return undefined;
  }

  /**
   * A map without secrets in it: nothing encrypted may be inside, since it would be plain text from here on. Empty where
   * it is not set, `undefined` where it cannot be read.
   */
  map(key: KeyOf<"object">, why = onlySecretsAreEncrypted, fix = "set it with --plaintext"): Entries | undefined {
    return this.refuseSecret(key, why, fix) ? this.parseMap(key, "write it as YAML in the stack's file") : undefined;
  }

  /** A map that may have secrets in it. Nobody can tell which of its parts are encrypted in the stack's file. */
  mapWithSecrets(key: KeyOf<"object">): Entries | undefined {
    return this.parseMap(key, "write it as YAML in the stack's file");
  }

  /** Whether a value, or something inside it, is encrypted in the stack's file. */
  isSecret(key: KeyName): boolean {
    return this.raw.isSecret(`${this.project}:${key}`);
  }

  /** The passwords inside an encrypted map. */
  secretMap(key: KeyOf<"object">): Entries | undefined {
    return this.parseMap(key, `set one value at a time: pulumi config set --secret --path '${key}["NAME"]'`);
  }

  list(key: KeyOf<"array of objects" | "array of strings or objects">): readonly unknown[] {
    if (!this.refuseSecret(key, onlySecretsAreEncrypted, "set it with --plaintext")) return [];
    const value = this.parse(key) ?? [];
    if (Array.isArray(value)) return value;
    this.refuse(key, "malformed", "is not a list", "write it as YAML in the stack's file");
    return [];
  }

  /** A map with exactly these text fields; each is optional here. An empty one is refused here, and returned. */
  fields<F extends string>(key: KeyOf<"object">, names: readonly F[]): Partial<Record<F, string>> {
    const map = this.map(key) ?? {};
    const found: Partial<Record<F, string>> = {};
    for (const name of Object.keys(map).sort()) {
      const known = names.find((field) => field === name);
      const value = map[name];
      if (known === undefined) this.refuseUnknown(name, `${key}.`, names);
      else if (typeof value === "string") {
        found[known] = value;
        if (value.trim() === "") this.refuse(`${key}.${name}`, "missing", "is empty", "write it, or remove the line");
      } else this.refuse(`${key}.${name}`, "malformed", "is not text", "put it in quotes");
    }
    return found;
  }

  refuse(key: string, code: IssueCode, sentence: string, fix: string): void {
    this.refuseFor(key, { code, sentence, fix });
  }

  /** Refuses a value for what a check of it found, if anything. */
  refuseFor(key: string, issue: Issue | undefined): void {
    if (issue !== undefined) this.issues.push({ ...issue, place: `${this.project}:${key}` });
  }

  refuseUnknown(name: string, prefix: string, known: readonly string[]): void {
    if (known.includes(name)) return;
    const near = nearest(name, known);
    const map = known.find((key) => name.startsWith(`${key}[`) || name.startsWith(`${key}.`));
    const fix =
      map !== undefined
        ? `to set a part of ${this.project}:${prefix}${map}, remove this key and give --path to \`pulumi config set\``
        : near !== undefined
          ? `did you mean ${this.project}:${prefix}${near}?`
          : `the keys are ${known.join(", ")}`;
    this.refuse(`${prefix}${name}`, "unknown-key", "is not a key of this program", fix);
  }

  /** A value that may be readable in the stack's file. */
  private open(key: KeyName): string | undefined {
    return this.refuseSecret(key, onlySecretsAreEncrypted, "set it with --plaintext") ? this.plain(key) : undefined;
  }

  private plain(key: string): string | undefined {
    const value = this.raw.values[`${this.project}:${key}`];
    return value === undefined || value === "" ? undefined : value;
  }

  private parseMap(key: string, fix: string): Entries | undefined {
    const value = this.parse(key) ?? {};
    if (isObject(value)) return value;
    this.refuse(key, "malformed", "is not a map", fix);
    return undefined;
  }

  /** The value of JSON; text that is none is a text value. */
  private parse(key: string): unknown {
    const text = this.plain(key);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    } catch {
      return text;
    }
  }

  private refuseSecret(key: string, why: string, fix: string): boolean {
    if (!this.raw.isSecret(`${this.project}:${key}`)) return true;
    this.refuse(key, "encrypted", `holds an encrypted value, but ${why}`, fix);
    return false;
  }
}
