import type { FleetArgs } from "./fleet-args";
import type { CheckedImage } from "./image-pull-check";

/** Public images, used where a stack names none. */
export const defaultImages = { fleet: "fleetdm/fleet", mysql: "mysql:8.4.6", valkey: "valkey/valkey:8.1.4" };

/** The images that this program's own workloads and Fleet's chart pull, each with a command that ends at once. */
export function pulledImages(
  args: Pick<FleetArgs, "imageRepository" | "imageTag" | "database" | "cache" | "mysqlImage" | "valkeyImage">,
): { readonly fleet: CheckedImage; readonly mysql?: CheckedImage; readonly valkey?: CheckedImage } {
  return {
    fleet: {
      name: "fleet",
      image: `${args.imageRepository ?? defaultImages.fleet}:${args.imageTag}`,
      command: ["/usr/bin/fleet", "version"],
    },
    ...(args.database === undefined && {
      mysql: { name: "mysql", image: args.mysqlImage ?? defaultImages.mysql, command: ["mysqld", "--version"] },
    }),
    ...(args.cache === undefined && {
      valkey: {
        name: "valkey",
        image: args.valkeyImage ?? defaultImages.valkey,
        command: ["valkey-server", "--version"],
      },
    }),
  };
}
