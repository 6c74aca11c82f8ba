import type { Challenge } from "./challenge";
import { type Answer, isWebPage } from "./exchange";
import type { HttpClient } from "./http-client";
import { challengesOf } from "./status-verdict";

/** What a registry says at the API's root (`end-1` of the OCI distribution specification) to who brings no credential. */
export interface RegistryRoot {
  readonly answer: Answer;
  /** What it asks for; empty where it asks only for some repositories, or for nothing. */
  readonly challenges: readonly Challenge[];
  /** Whether it answered as the distribution specification has it. */
  readonly isRegistry: boolean;
}

/** @throws Stopped where it does not answer */
export async function askRoot(client: HttpClient, origin: string): Promise<RegistryRoot> {
  const answer = await client.ask({ method: "GET", url: new URL("/v2/", origin), from: "registry" });
  // A host that it redirects to shall not get the credential.
  const challenges = answer.status === 401 && answer.fromAskedHost ? challengesOf(answer) : [];
  return { answer, challenges, isRegistry: challenges.length > 0 || (answer.status === 200 && !isWebPage(answer)) };
}
