import { hasPassword } from "../registry/user-info";

/**
 * How the names of environment variables end whose value is a secret: those of Fleet (fleetdm/fleet `server/config/config.go`,
 * up to v4.93) and of what it hands its environment to (AWS, OpenTelemetry, Elastic APM).
 */
const secretName = new RegExp(
  `(^|_)(${[
    "PASSWORD",
    "SECRET",
    "SECRET_KEY",
    "SECRET_ACCESS_KEY",
    "PRIVATE_KEY",
    "LICENSE_KEY",
    "API_KEY",
    "KEY_BYTES",
    "TOKEN",
    "TOKEN_BYTES",
    "SCEP_CHALLENGE",
    "OTLP(_[A-Z]+)?_HEADERS",
  ].join("|")})$`,
  "i",
);

/** Names that end so and hold the path of a file. */
const paths: readonly string[] = ["FLEET_MDM_APPLE_BM_SERVER_TOKEN"];

/**
 * Where chart values have a secret in plain text, as paths, sorted: variables in `environments`, by their names, and every address
 * with a password in it, wherever it stands. An empty variable is none.
 */
export function plainSecrets(values: Readonly<Record<string, unknown>>): readonly string[] {
  const found = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "string" && hasPassword(value)) found.add(path);
    if (Array.isArray(value)) value.forEach((item, i) => walk(item, `${path}[${i}]`));
    else if (isMap(value)) for (const key of Object.keys(value)) walk(value[key], path === "" ? key : `${path}.${key}`);
  };
  walk(values, "");
  for (const [name, value] of Object.entries(isMap(values.environments) ? values.environments : {})) {
    const isSet = value !== null && value !== undefined && value !== "";
    if (isSet && secretName.test(name) && !paths.includes(name)) found.add(`environments.${name}`);
  }
  return [...found].sort();
}

/** Of an output nobody knows yet what is in it. */
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
