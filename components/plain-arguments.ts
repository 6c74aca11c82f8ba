import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../registry/issue";
import type { FleetArgs } from "./fleet-args";
import { isLater } from "./plain-values";

/** The arguments that are no `pulumi.Input`. */
type PlainName = {
  [Name in keyof FleetArgs]-?: Extract<FleetArgs[Name], pulumi.OutputInstance<unknown>> extends never ? Name : never;
}[keyof FleetArgs];

/** The types say it to TypeScript alone: of another language, and in YAML, an output comes in any place. */
const plainNames: Readonly<Record<Exclude<PlainName, "registries" | "existing" | "values">, true>> = {
  createNamespace: true,
  adopt: true,
  podSecurity: true,
  protect: true,
  imageRepository: true,
  imageTag: true,
  chart: true,
  database: true,
  cache: true,
  mysqlImage: true,
  valkeyImage: true,
  mysqlVolumeSize: true,
  datastoreUser: true,
  privateKeySecret: true,
  licenseSecret: true,
  tls: true,
  vulnProcessing: true,
  pullCheck: true,
  pullCheckDeadlineSeconds: true,
  pullCheckNodes: true,
  pullCheckImages: true,
  pullCheckAnnotations: true,
  postrender: true,
};

/** Outputs where the structure or a check needs the value itself. */
export function checkPlain(args: FleetArgs): readonly Issue[] {
  const { database, cache, vulnProcessing, pullCheckImages = [] } = args;
  const places: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(Object.keys(plainNames).map((name) => [name, args[name as PlainName]])),
    "database.passwordSecret": database?.passwordSecret,
    "database.tls": database?.tls,
    "database.tls.client": database?.tls?.client,
    "cache.passwordSecret": cache?.passwordSecret,
    "vulnProcessing.dedicated": vulnProcessing?.dedicated,
    "vulnProcessing.deadlineSeconds": vulnProcessing?.deadlineSeconds,
    ...Object.fromEntries(
      (isLater(pullCheckImages) ? [] : pullCheckImages).flatMap((image, i): [string, unknown][] => [
        [`pullCheckImages[${i}]`, image],
        [`pullCheckImages[${i}].image`, image.image],
        [`pullCheckImages[${i}].command`, image.command],
      ]),
    ),
  };
  return Object.entries(places)
    .filter(([, value]) => isLater(value))
    .filter(([place], _, all) => !all.some(([other]) => place.startsWith(`${other}.`)))
    .map(([place]) => ({
      place,
      code: "malformed",
      sentence: "is an output, but it decides what is made or checked before anything is",
      fix: "write the value itself",
    }));
}
