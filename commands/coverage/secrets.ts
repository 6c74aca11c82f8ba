import { parseDockerConfigJson, type DockerConfig } from "../../registry/docker-config";
import { flattenLists } from "./pod-templates";

/** Whose credential it is. The password plays no part in the matching, and is not kept. */
export interface Account {
  /** The key in the docker config, as written. */
  readonly server: string;
  readonly username: string;
}

/** A pull Secret that a pod may name. */
export interface NamedSecret {
  readonly namespace: string;
  readonly name: string;
  /** Whether its name changes with its content, so that only what makes it can list it. @default false */
  readonly isNameGenerated?: boolean;
  readonly config:
    | DockerConfig<Account>
    /** It may exist and hold anything; `problem` is a clause that follows its name. */
    | { readonly kind: "unread"; readonly problem: string };
}

const dataKeys: Readonly<Record<string, string>> = {
  "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
  "kubernetes.io/dockercfg": ".dockercfg",
};

type SecretManifest = {
  readonly kind?: string;
  readonly type?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>> | null;
  readonly stringData?: Readonly<Record<string, string>> | null;
};

/**
 * The Secrets among objects, as the kubelet takes them for pulling: one of another type is ignored.
 *
 * @param namespace the one of objects that name none
 */
export function secretsIn(manifests: readonly unknown[], namespace: string): readonly NamedSecret[] {
  return flattenLists(manifests).flatMap((manifest) => {
    const { kind, metadata, type = "Opaque", data, stringData } = manifest as SecretManifest;
    if (kind !== "Secret" || metadata?.name === undefined) return [];
    const key = dataKeys[type] ?? "";
    const encoded = data?.[key];
    const text = stringData?.[key] ?? (encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString());
    return [
      {
        namespace: metadata.namespace ?? namespace,
        name: metadata.name,
        config: withoutPasswords(parseDockerConfigJson(text, type)),
      },
    ];
  });
}

/** What is needed to say which credential is used, and no more. */
function withoutPasswords(config: DockerConfig): DockerConfig<Account> {
  if (config.kind !== "entries") return config;
  return { kind: "entries", entries: config.entries.map(({ server, username }) => ({ server, username })) };
}
