import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingSecret } from "../components/image-pull-secrets-args";
import type { ReferredSecret } from "../config/existing-secrets";
import { awaitKnown } from "./await-known";
import { parseDockerConfigJson, type DockerConfig } from "../registry/docker-config";
import { lookUpCredentials, type PullSecret } from "../registry/keyring";
import { whyNoneMatches } from "./no-credential";
import { isIssue, type Issue } from "../registry/issue";

/** One that was read, with its credentials: not for a resource's inputs. */
export interface ReadSecret extends ExistingSecret {
  readonly name: string;
  readonly revision?: pulumi.Output<string>;
  /** None in a preview that cannot know the cluster yet. */
  readonly config?: DockerConfig;
}

/** The key of a Secret's data that each type of pull Secret has (kubernetes `pkg/apis/core/types.go`). */
const dataKeys: Readonly<Record<string, string>> = {
  "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
  "kubernetes.io/dockercfg": ".dockercfg",
};

/**
 * Reads the Secrets of a namespace that a stack refers to, and checks that each is a pull Secret with a credential for at
 * least one of the images. Those that are not followed have no `revision`. Issues have the place `imagePullSecrets`, and name the
 * Secret.
 *
 * Await it before the components are made: then a mistake is found before anything is changed.
 */
export async function readExistingSecrets(
  referred: readonly ReferredSecret[],
  { namespace, images }: { readonly namespace: string; readonly images: readonly string[] },
  opts?: pulumi.CustomResourceOptions,
): Promise<{ readonly secrets: readonly ReadSecret[]; readonly issues: readonly Issue[] }> {
  const read = await Promise.all(referred.map((secret) => readExistingSecret(secret, namespace, images, opts)));
  return {
    secrets: read.flatMap((result) => (isIssue(result) ? [] : [result])),
    issues: read.flatMap((result) => (isIssue(result) ? [{ ...result, place: "imagePullSecrets" }] : [])),
  };
}

async function readExistingSecret(
  { name, follow }: ReferredSecret,
  namespace: string,
  images: readonly string[],
  opts?: pulumi.CustomResourceOptions,
): Promise<ReadSecret | Issue> {
  const firstDeploy = "on a first deploy make that too, and set createNamespace to false";
  const fix = `if there is none, make it in the namespace ${namespace} (${firstDeploy})`;
  const secret = Secret.get(`fleet:imagePullSecrets names ${name}; ${fix}`, `${namespace}/${name}`, {
    ...opts,
    // `kubectl apply` keeps a copy of the whole Secret, credential included, in an annotation.
    additionalSecretOutputs: ["metadata"],
  });
  const made = { name, ...(follow && { revision: pulumi.unsecret(secret.metadata.resourceVersion) }) };
  const read = await awaitKnown(pulumi.all([secret.type, secret.data]));
  if (read === undefined) return made;
  const [type, data] = read;
  const key = dataKeys[type];
  if (key === undefined) {
    return {
      code: "wrong-pull-secret",
      sentence: `names the Secret ${name}, which has the type ${type}`,
      fix: "name a Secret of the type kubernetes.io/dockerconfigjson",
    };
  }
  const encoded = data[key];
  const config = parseDockerConfigJson(
    encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString(),
    type,
  );
  if (config.kind !== "entries") {
    return {
      code: "wrong-pull-secret",
      sentence: `names the Secret ${name}, which ${config.problem}`,
      fix: `delete it (kubectl -n ${namespace} delete secret ${name}) and make it again, as docs/existing-secrets.md says`,
    };
  }
  if (!images.some((image) => covers([{ name, config }], image))) {
    const entries = config.entries.map((entry) => ({ ...entry, account: "", renewal: "" }));
    const near = images.map((image) => whyNoneMatches(image, [{ name, config: { kind: "entries", entries } }]));
    // A client with a helper for passwords writes such a file, and the kubelet does not read it.
    const empty = `its docker config has no entry: write username and password into one; credsStore and credHelpers are none`;
    return {
      code: "wrong-pull-secret",
      sentence: `names the Secret ${name}, which has no credential for any of the images (${images.join(", ")})`,
      fix:
        entries.length === 0
          ? empty
          : (near.find((why) => why !== undefined) ?? "add an entry for the registry of the image, or remove the name"),
    };
  }
  return { ...made, config };
}

function covers<E extends { readonly server: string }>(secrets: readonly PullSecret<E>[], image: string): boolean {
  const lookup = lookUpCredentials(image, secrets);
  return !isIssue(lookup) && lookup.candidates.length > 0;
}
