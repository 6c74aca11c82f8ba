import { hasUserInfo } from "../registry/user-info";

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
 * The variables with a secret in plain text, sorted: by their names, or because their value is an address with a password in it.
 * An empty one is none.
 *
 * @param environments the chart's value of that name
 */
export function plainSecrets(environments: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(environments)
    .filter((name) => {
      const value = environments[name];
      if (value === null || value === undefined || value === "") return false;
      return (secretName.test(name) && !paths.includes(name)) || hasUserInfo(value);
    })
    .sort();
}
