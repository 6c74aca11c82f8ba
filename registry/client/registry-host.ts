import { type Challenge, parseChallenges } from "./challenge";
import { type HttpClient, isLoopback } from "./http-client";
import { notTls } from "./network-problem";
import { refusal } from "./refusal";
import { Stopped } from "./verdict";
import { isWebPage } from "./words";

/** A registry that answered. */
export interface RegistryHost {
  /** `https://registry.example.com` */
  readonly origin: string;
  /** What it asks for; empty where it asks only for some repositories, or for nothing. */
  readonly challenges: readonly Challenge[];
  /** Whether it answered as the distribution specification has it. */
  readonly isRegistry: boolean;
}

const dockerHub = "registry-1.docker.io";

/** Whether a manifest that is read here counts as a pull. */
export const countsPulls = ({ origin }: RegistryHost): boolean => new URL(origin).hostname === dockerHub;

/**
 * Where a registry may answer, in the order in which containerd v1.7 tries: HTTPS; and plain HTTP on this machine, alone
 * on port 80, and on other ports where no TLS is spoken. Unlike containerd, certificates are verified there too.
 *
 * @throws TypeError for a host that is none
 */
function origins(registry: string): readonly string[] {
  const https = new URL(`https://${registry === "docker.io" ? dockerHub : registry}`);
  const port = /:(\d+)$/.exec(registry)?.[1];
  if (!isLoopback(https) || port === undefined || port === "443") return [https.origin];
  const http = new URL(`http://${registry}`).origin;
  return port === "80" ? [http] : [https.origin, http];
}

/** The API's root (`end-1` of the OCI distribution specification), asked without a credential. */
async function ping(client: HttpClient, origin: string): Promise<RegistryHost> {
  const answer = await client.ask({ method: "GET", url: new URL("/v2/", origin), from: "registry" });
  const { status, own, headers } = answer;
  if (status === 429 || status >= 500) {
    throw new Stopped(refusal({ from: "registry", answer, login: undefined }, false));
  }
  // A host that it redirects to shall not get the credential.
  const challenges = status === 401 && own ? parseChallenges(headers["www-authenticate"]) : [];
  return { origin, challenges, isRegistry: challenges.length > 0 || (status === 200 && !isWebPage(answer)) };
}

/**
 * Finds out how a registry is spoken to.
 *
 * @param registry host and port, as an image names it
 * @throws Stopped where it does not answer
 */
export async function findRegistry(client: HttpClient, registry: string): Promise<RegistryHost> {
  const [first = "", second] = origins(registry);
  try {
    return await ping(client, first);
  } catch (error) {
    const { verdict } = error instanceof Stopped ? error : { verdict: undefined };
    if (second === undefined || verdict?.kind !== "unreachable" || verdict.detail !== notTls) throw error;
    return ping(client, second);
  }
}
