import type { ImageReference } from "../image-reference";
import type { Answer } from "./exchange";
import type { HttpClient } from "./http-client";
import { notTls } from "./network-problem";
import { originsOf } from "./origins";
import { Stopped } from "./verdict";

/** What containerd v1.7 accepts. */
const manifestTypes = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "*/*",
].join(", ");

/** Asks for an image's manifest, as containerd does: by GET only where HEAD is not known (405). */
export async function askForManifest(
  client: HttpClient,
  origin: string,
  { repository, tag = "latest", digest = tag }: ImageReference,
  method: "GET" | "HEAD",
  authorization?: string,
): Promise<Answer> {
  const url = new URL(`/v2/${repository}/manifests/${digest}`, origin);
  const sent = {
    url,
    from: "registry",
    accept: manifestTypes,
    ...(authorization !== undefined && { authorization }),
  } as const;
  const answer = await client.ask({ method, ...sent });
  return answer.status === 405 && method === "HEAD" ? client.ask({ method: "GET", ...sent }) : answer;
}

/** What a registry says of an image to who brings no credential, and where it was found. */
export interface FirstAnswer {
  /** `https://registry.example.com` */
  readonly origin: string;
  readonly answer: Answer;
}

/**
 * The first question, as containerd asks it: its answer says whether there has to be a credential, and which.
 *
 * @throws Stopped where no answer comes
 */
export async function askFirst(client: HttpClient, reference: ImageReference): Promise<FirstAnswer> {
  const [first, second] = originsOf(reference.registry);
  const ask = async (origin: string) => ({ origin, answer: await askForManifest(client, origin, reference, "HEAD") });
  try {
    return await ask(first);
  } catch (error) {
    const { verdict } = error instanceof Stopped ? error : { verdict: undefined };
    if (second === undefined || verdict?.kind !== "unreachable" || verdict.detail !== notTls) throw error;
    return ask(second);
  }
}
