import { parseHttpUrl } from "../../registry/go-url";
import { parseImageReference } from "../../registry/image-reference";
import { matchKey, readKeyringKey } from "../../registry/keyring-key";
import { isIssue } from "../../registry/issue";
import { parseServer } from "../../registry/server";
import type { Finding } from "../finding";
import { imagesIn } from "../images";
import { shown, type Resource } from "../resource";

/**
 * Each image that a resource names comes from a registry of the list. Entries are written like the servers in
 * `fleet:registries`: `ghcr.io`, `ghcr.io/team`, `*.example.com:5000`, `docker.io`.
 *
 * @param allowed empty: any
 */
export function registriesAllowed(resource: Resource, allowed: readonly string[] = []): readonly Finding[] {
  if (allowed.length === 0) return [];
  const { urn } = resource;
  const list = allowed.map((entry) => JSON.stringify(entry)).join(" or ");
  return imagesIn(resource).flatMap(({ path, reference, registry, unknown }): readonly Finding[] => {
    const place = `${path} of ${shown(resource)}`;
    if (unknown !== undefined) return [{ urn, message: place, unknown }];
    const image = parsed(registry === undefined ? reference : `${registry}/${anyRepository}`);
    // What is no reference is no image of any registry; images-pinned says so.
    if (image === undefined || allowed.some((entry) => allows(entry, image.name))) return [];
    if (registry !== undefined) {
      const message = `${place} is the registry ${JSON.stringify(registry)}, of which not every image is allowed; take ${list}, or add it to the setting "registries" of this policy`;
      return [{ urn, message }];
    }
    const message = `${place} is ${JSON.stringify(reference)} from ${image.registry}, which is not allowed; take it from ${list}, or add its registry to the setting "registries" of this policy`;
    return [{ urn, message }];
  });
}

/** Stands for the repository that a chart has of its own: an entry with a path below the registry's does not allow it. */
const anyRepository = "any/repository";

function parsed(reference: string | undefined) {
  const image = reference === undefined ? undefined : parseImageReference(reference);
  return image === undefined || isIssue(image) ? undefined : image;
}

/** As the kubelet matches a key, but a path ends where a part of it ends: `ghcr.io/org` is not `ghcr.io/organization`. */
function allows(entry: string, name: string): boolean {
  const server = parseServer(entry);
  const key = isIssue(server) ? undefined : readKeyringKey(server.canonical)?.url;
  const image = parseHttpUrl(`https://${name}`);
  if (key === undefined || image === undefined || matchKey(key, image) === undefined) return false;
  const rest = image.path.slice(key.path.length);
  return key.path === "" || key.path.endsWith("/") || rest === "" || rest.startsWith("/");
}

/** What is wrong with the list itself; such an entry would allow nothing. */
export function listMistakes(allowed: readonly string[] = []): readonly Finding[] {
  return allowed.flatMap((entry, i) => {
    const server = parseServer(entry);
    if (!isIssue(server)) return [];
    return [{ message: `registries[${i}] of the policy registries-allowed ${server.sentence}; ${server.fix}` }];
  });
}
