import { shownKey } from "../../registry/shown-key";
import { asMap, isMap, type Entries } from "../stack-file";
import { isSecretName } from "./kubeconfig";
import { pathsWhere, plainPaths } from "./plain-text";

/** What an environment that is defined in a stack's file (Pulumi ESC) says in plain text. */
export interface InlineEnvironment {
  /** `pulumiConfig`, where what Pulumi fetches or decrypts is not set, and references to other values are followed. */
  readonly config: Entries;
  /** Below `values`: what is declared a secret in plain text, and variables whose names say that they are one. */
  readonly plain: readonly string[];
}

export function readInlineEnvironment(environment: unknown): InlineEnvironment {
  const values = asMap(asMap(environment).values);
  const { pulumiConfig, environmentVariables } = values;
  const read = (value: unknown) => withoutFunctions(value, values, 0);
  const variables = Object.entries(asMap(environmentVariables)).filter(([name]) => isSecretName(name));
  return {
    config: asMap(read(pulumiConfig)),
    plain: [
      ...declaredPaths(values),
      ...variables.flatMap(([name, value]) =>
        plainPaths(read(value)).map((rest) => `["environmentVariables"][${shownKey(name)}]${rest}`),
      ),
    ],
  };
}

/** As far as references lead: more than any file has, so that one to itself ends. */
const deepest = 16;

/** Plain values as they are, `fn::secret` as what it holds in plain text; nothing in the place of all else. */
function withoutFunctions(value: unknown, values: Entries, depth: number): unknown {
  if (depth > deepest) return undefined;
  if (typeof value === "string") return withoutReferences(value, values, depth);
  if (Array.isArray(value)) return value.map((item) => withoutFunctions(item, values, depth));
  if (!isMap(value)) return value;
  const [name, ...more] = Object.keys(value);
  if (name?.startsWith("fn::") === true && more.length === 0) {
    const argument = value[name];
    return name === "fn::secret" && !isMap(argument) ? argument : undefined;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutFunctions(inner, values, depth)]));
}

/** `${a.b["c"]}` is what the file says there; one that leads out of the file is nothing. */
function withoutReferences(text: string, values: Entries, depth: number): unknown {
  const references = [...text.matchAll(/(?<!\$)\$\{([^}]*)\}/g)];
  if (references.length === 0) return text;
  const found = references.map(([, path = ""]) => {
    const names = [...path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
      ([, quoted, i, name]) => quoted ?? i ?? name ?? "",
    );
    const inner = names.reduce<unknown>(
      (map, name) => (Array.isArray(map) ? (map as readonly unknown[])[Number(name)] : asMap(map)[name]),
      values,
    );
    return withoutFunctions(inner, values, depth + 1);
  });
  return found.find((inner) => plainPaths(inner).length > 0);
}

/** Where `fn::secret` has plain text, which only a stored environment would encrypt. */
const declaredPaths = (value: unknown): readonly string[] =>
  pathsWhere(value, (part) => {
    const secret = asMap(part)["fn::secret"];
    return secret === undefined ? undefined : !isMap(secret) && plainPaths(secret).length > 0;
  });
