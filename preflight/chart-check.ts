import { setTimeout as sleep } from "node:timers/promises";
import * as semver from "semver";
import { fleetChart, type ChartSource } from "../components/chart";
import { findInIndex } from "./chart-index";
import { type ImageReference, parseImageReference } from "../registry/image-reference";
import { nearest } from "../registry/nearest";
import { HttpClient } from "../registry/client/http-client";
import { askForImage } from "../registry/client/image-probe";
import { parseObject } from "../registry/client/json-object";
import { RegistrySession } from "../registry/client/registry-session";
import { isSafeAddress } from "../registry/client/safe-address";
import { challengesOf } from "../registry/client/status-verdict";
import { tokenService } from "../registry/client/token-service";
import { isMistake, type Problem } from "../registry/problem";

export interface ChartCheckOptions {
  /** Certificates of a private authority in PEM form, trusted besides the public ones. @default none */
  readonly caCertificate?: string;
  /** For the whole question. @default 2000 */
  readonly timeoutMs?: number;
}

/** More than the indexes of large repositories have; what is longer is not judged. */
const maxIndex = 16 * 1024 * 1024;

/**
 * Asks a chart repository or an OCI registry whether it has the chart in this version: Helm asks it only after everything
 * that comes before the release was made. Problems have the paths `chart`, `chartVersion` and `chartRepository`.
 *
 * Only a clear no is a problem. Helm may have a login, and its own words for everything else; so no answer, or one that
 * asks for a login, is none. Never rejects.
 */
export async function checkChart(
  chart: ChartSource = fleetChart,
  { caCertificate, timeoutMs = 2_000 }: ChartCheckOptions = {},
): Promise<readonly Problem[]> {
  const ask = questionAbout(chart);
  if (ask === undefined) return [];
  const authority = caCertificate === undefined ? {} : { caCertificate };
  const client = await HttpClient.open({ ...authority, timeoutMs, passwords: [], maxBody: maxIndex });
  try {
    return await Promise.race([ask(client), sleep(timeoutMs, [], { ref: false })]);
  } catch {
    return [];
  } finally {
    client.close();
  }
}

type Question = (client: HttpClient) => Promise<readonly Problem[]>;

function questionAbout(chart: ChartSource): Question | undefined {
  switch (chart.kind) {
    case "local":
      return undefined;
    case "repository": {
      const { name, version, repository = "" } = chart;
      const index = indexUrl(repository);
      return index && ((client) => inRepository(client, index, { name, version, place: repository }));
    }
    case "oci": {
      const { reference, version } = chart;
      // What Helm makes of a version: a tag cannot have a "+".
      const image = parseImageReference(`${reference.slice("oci://".length)}:${version.replaceAll("+", "_")}`);
      if (isMistake(image) || !reference.startsWith(`oci://${image.registry}/`)) return undefined;
      return (client) => inRegistry(client, image, { name: reference, version, place: reference });
    }
  }
}

/** The chart as the configuration has it, and what its repository is called. */
interface Wanted {
  readonly name: string;
  readonly version: string;
  readonly place: string;
}

/** Where Helm finds the index; nothing for an address that may hold a secret, or that anyone could answer for. */
function indexUrl(repository: string): URL | undefined {
  if (!URL.canParse(repository)) return undefined;
  const url = new URL(repository);
  if (!isSafeAddress(url, url) || url.username !== "" || url.password !== "" || url.search !== "") return undefined;
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/index.yaml`;
  return url;
}

async function inRepository(client: HttpClient, url: URL, wanted: Wanted): Promise<readonly Problem[]> {
  const { status, body } = await client.ask({ method: "GET", url, from: "registry" });
  if (status === 404) {
    const fix = "write the address that `helm repo add` takes";
    return [{ path: "chartRepository", problem: `is ${wanted.place}, which has no index.yaml (404)`, fix }];
  }
  if (status !== 200 || Buffer.byteLength(body) >= maxIndex) return [];
  const answer = findInIndex(body, wanted.name);
  if (answer === undefined) return [];
  if (answer.kind === "versions") return versionProblem(wanted, answer.versions);
  const near = nearest(wanted.name, answer.charts);
  const fix = oneOf(near === undefined ? answer.charts : [near]);
  return [{ path: "chart", problem: `is ${wanted.name}, which is not in ${wanted.place}`, fix }];
}

async function inRegistry(client: HttpClient, image: ImageReference, wanted: Wanted): Promise<readonly Problem[]> {
  const session = new RegistrySession(client);
  const { verdict } = await askForImage(session, image, undefined, false);
  if (verdict.kind !== "no-such-image") return [];
  // Some registries say 404 of what they hide: it is a clear no where all may see the repository, or nobody is asked.
  const { origin, answer } = await session.firstAnswer(image);
  const root = await session.root(origin);
  const challenges = [...challengesOf(answer), ...(root?.challenges ?? [])];
  const service = challenges
    .map((challenge) => tokenService(challenge, origin, image.repository))
    .find((found) => found !== undefined);
  const token = service && (await session.token(service, undefined));
  const { status, body } = await client.ask({
    method: "GET",
    url: new URL(`/v2/${image.repository}/tags/list`, origin),
    from: "registry",
    ...(token && { authorization: `Bearer ${token.text}` }),
  });
  const tags = status === 200 ? parseObject(body)?.tags : undefined;
  if (Array.isArray(tags)) return versionProblem(wanted, tags.map(String));
  if (status !== 404 || challenges.length > 0) return [];
  return [{ path: "chart", problem: `is ${wanted.name}, which the registry does not have`, fix: "correct it" }];
}

/** Helm takes a version with and without "v", and whatever its build. */
function versionProblem({ version, place }: Wanted, versions: readonly string[]): readonly Problem[] {
  const read = (text: string) => semver.parse(text.replace("_", "+")) ?? semver.coerce(text);
  const known = versions.flatMap((one) => read(one) ?? []).sort(semver.rcompare);
  const wanted = read(version);
  if (wanted === null || versions.includes(version) || known.some((one) => semver.eq(one, wanted))) return [];
  const fix = oneOf([...new Set(known.map((one) => one.version))]);
  return [{ path: "chartVersion", problem: `is ${version}, which is not in ${place}`, fix }];
}

const shown = 5;

function oneOf(names: readonly string[]): string {
  if (names.length === 0) return "correct it, or the repository";
  return `use one that is: ${names.slice(0, shown).join(", ")}${names.length > shown ? ", …" : ""}`;
}
