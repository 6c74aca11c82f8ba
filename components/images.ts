import type { FleetArgs } from "./fleet-args";
import { datastoreUser } from "./datastores";
import type { CheckedImage } from "./image-pull-check";
import { asObject, type Values } from "./plain-values";

/** Public images, used where a stack names none. */
export const defaultImages = { fleet: "fleetdm/fleet", mysql: "mysql:8.4.6", valkey: "valkey/valkey:8.1.4" };

/** What Fleet's chart 7.0.2 names by default as the Cloud SQL proxy. */
const defaultProxy = { imageRepository: "gcr.io/cloudsql-docker/gce-proxy", imageTag: "1.17-alpine" };

type ImageArgs = Pick<
  FleetArgs,
  | "imageRepository"
  | "imageTag"
  | "database"
  | "cache"
  | "mysqlImage"
  | "valkeyImage"
  | "datastoreUser"
  | "pullCheckImages"
  | "values"
>;

/** The images of the datastores made here; none for those that the stack brings. */
export function datastoreImages(args: ImageArgs): { readonly mysql?: string; readonly valkey?: string } {
  return {
    ...(args.database === undefined && { mysql: args.mysqlImage ?? defaultImages.mysql }),
    ...(args.cache === undefined && { valkey: args.valkeyImage ?? defaultImages.valkey }),
  };
}

/**
 * Every image that a stack's pods pull, each with a command that ends at once: Fleet's own first, then what stands beside
 * it. Each container name is there once.
 */
export function pulledImages(args: ImageArgs): readonly [CheckedImage, ...CheckedImage[]] {
  const { mysql, valkey } = datastoreImages(args);
  const proxy = cloudSqlProxyImage(args.values ?? {});
  const asDatastore = (image: CheckedImage) => ({ ...image, user: datastoreUser(args.datastoreUser) });
  const fleet = `${args.imageRepository ?? defaultImages.fleet}:${args.imageTag}`;
  const own: readonly [CheckedImage, ...CheckedImage[]] = [
    { name: "fleet", image: fleet, command: ["/usr/bin/fleet", "version"] },
    ...listed(mysql, "mysql", ["mysqld", "--version"]).map(asDatastore),
    ...listed(valkey, "valkey", ["valkey-server", "--version"]).map(asDatastore),
    ...listed(proxy, "cloudsql-proxy", ["/cloud_sql_proxy", "-version"]),
  ];
  const names = new Set(own.map(({ name }) => name));
  const others = (args.pullCheckImages ?? []).map(({ image, command }) => {
    const name = unused(containerName(image), names);
    names.add(name);
    return { name, image, command };
  });
  return [...own, ...others];
}

const listed = (image: string | undefined, name: string, command: readonly string[]): CheckedImage[] =>
  image === undefined ? [] : [{ name, image, command }];

/** The image of the container that `values.gke.cloudSQL` adds to each of Fleet's pods. */
function cloudSqlProxyImage(values: Values): string | undefined {
  const { enableProxy, ...image } = asObject(asObject(values.gke).cloudSQL);
  if (enableProxy !== true) return undefined;
  // An empty one takes the chart's own away: what is left is no reference, and is told.
  const parts = { ...defaultProxy, ...image } as Readonly<Record<keyof typeof defaultProxy, string | number | null>>;
  return `${parts.imageRepository ?? ""}:${parts.imageTag ?? ""}`;
}

/** The last part of an image's repository, as Kubernetes takes it for a container: at most 63 characters of a DNS label. */
function containerName(image: string): string {
  const [repository = ""] = image.split("@");
  const last = repository.slice(repository.lastIndexOf("/") + 1).replace(/:.*$/, "");
  return (
    last
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .slice(0, 55)
      .replaceAll(/^-+|-+$/g, "") || "image"
  );
}

function unused(name: string, names: ReadonlySet<string>): string {
  for (let i = 2, tried = name; ; i++) {
    if (!names.has(tried)) return tried;
    tried = `${name}-${i}`;
  }
}
