import * as pulumi from "@pulumi/pulumi";
import { Fleet } from "./fleet";
import { ImagePullSecrets } from "./image-pull-secrets";

/** What is used of a Pulumi package's schema. */
export interface PackageSchema {
  readonly version: string;
  readonly resources: Readonly<Record<string, { readonly properties: Readonly<Record<string, unknown>> }>>;
}

/** The classes that the package offers, by the last part of their type. */
const components = { Fleet, ImagePullSecrets };

/** Their names. */
export const componentNames = Object.keys(components) as readonly (keyof typeof components)[];

/** Makes components for programs of other languages. */
export class ComponentProvider implements pulumi.provider.Provider {
  readonly version: string;
  /** As JSON. */
  readonly schema: string;

  constructor(private readonly described: PackageSchema) {
    this.version = described.version;
    this.schema = JSON.stringify(described);
  }

  /** @throws Error for a type that the schema lacks */
  construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    opts: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.provider.ConstructResult> {
    const resource = this.described.resources[type];
    const component = componentNames.find((className) => type === `fleet:index:${className}`);
    if (resource === undefined || component === undefined) {
      return Promise.reject(new Error(`this package has no component of the type ${type}`));
    }
    // What the inputs are is the schema's to say, and the engine's and the components' to check.
    const create = components[component] as unknown as new (
      ...args: [string, pulumi.Inputs, pulumi.ComponentResourceOptions]
    ) => pulumi.ComponentResource & Readonly<Record<string, unknown>>;
    const made = new create(name, inputs, opts);
    const state = Object.fromEntries(Object.keys(resource.properties).map((property) => [property, made[property]]));
    return Promise.resolve({ urn: made.urn, state });
  }
}
