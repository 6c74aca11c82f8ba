import type { FleetArgs } from "../components/fleet-args";
import type { ConfigReader } from "./reader";

/** Whether the stack takes over what runs. What this program would make instead must then be stated: it would be empty. */
export function readAdoption(
  reader: ConfigReader,
  { database, privateKey, privateKeySecret }: Pick<FleetArgs, "database" | "privateKey" | "privateKeySecret">,
): boolean | undefined {
  const adopt = reader.boolean("adopt");
  if (adopt !== true) return adopt;
  if (database === undefined) {
    reader.refuse(
      "database",
      "conflict",
      "is not set, but adopt is true, and a MySQL made here would be empty",
      "describe the one that Fleet uses today, for example address: mysql.example.com:3306",
    );
  }
  if (privateKey === undefined && privateKeySecret === undefined) {
    reader.refuse(
      "privateKeySecret",
      "conflict",
      "is not set, but adopt is true, and Fleet could not read with another key what it encrypted with its own",
      "name the Secret that holds it (secretName, key), or, if Fleet has none yet, make one: " +
        "openssl rand -hex 32 | pulumi config set --secret privateKey",
    );
  }
  return adopt;
}
