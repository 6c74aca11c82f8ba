import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { report, type Finding } from "./finding";
import { plain, type PlainMap } from "./plain";

/** A resource of the stack. */
export interface Resource {
  readonly urn: string;
  /** Pulumi's type token, such as `kubernetes:core/v1:Secret`. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** The parent's URN. */
  readonly parent?: string;
  /** The inputs, secrets in plain text. */
  readonly properties: PlainMap;
}

/** A resource as messages name it: `Secret "fleet-ghcr-io"`. */
export const shown = ({ type, name }: Resource): string =>
  `${type.slice(type.lastIndexOf(":") + 1)} ${JSON.stringify(name)}`;

export const secretType = "kubernetes:core/v1:Secret";
export const releaseType = "kubernetes:helm.sh/v3:Release";

interface Given {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly opts: { readonly parent?: string };
  readonly props: object;
}

const resourceOf = ({ urn, type, name, opts, props }: Given): Resource => ({
  urn,
  type,
  name,
  ...(opts.parent !== undefined && { parent: opts.parent }),
  properties: plain(props),
});

/** A rule that looks at one resource, before it is made or changed. `C` is what its configuration may hold. */
export function eachResource<C extends object>(
  check: (resource: Resource, config: Partial<C>) => readonly Finding[],
): Pick<ResourceValidationPolicy, "validateResource"> {
  return {
    validateResource: (args, reportViolation) => {
      report(check(resourceOf(args), args.getConfig<Partial<C>>()), reportViolation);
    },
  };
}

/** A rule about several resources. */
export interface StackChecks<C extends object> {
  /** As soon as a resource is registered, with all those before it: what it finds in an update is not made. */
  readonly each?: (resource: Resource, registered: readonly Resource[], config: Partial<C>) => readonly Finding[];
  /** With all resources; what `each` found already is not reported again. */
  readonly end: (registered: readonly Resource[], config: Partial<C>) => readonly Finding[];
}

/**
 * The rule looks at what was registered, not at what the engine hands over at the end: that is the outputs, which component
 * inputs are no part of. Resources that are only read (`Secret.get`) are in neither.
 */
export function wholeStack<C extends object>({
  each,
  end,
}: StackChecks<C>): Pick<ResourceValidationPolicy, "validateResource"> & Pick<StackValidationPolicy, "validateStack"> {
  const registered = new Map<string, Resource>();
  const reported = new Set<string>();
  const key = ({ urn, message }: Finding) => `${urn ?? ""} ${message}`;
  return {
    validateResource: (args, reportViolation) => {
      const resource = resourceOf(args);
      registered.set(resource.urn, resource);
      const findings = each?.(resource, [...registered.values()], args.getConfig<Partial<C>>()) ?? [];
      for (const finding of findings) reported.add(key(finding));
      report(findings, reportViolation);
    },
    validateStack: (args, reportViolation) => {
      const findings = end([...registered.values()], args.getConfig<Partial<C>>());
      const unreported = findings.filter((finding) => !reported.has(key(finding)));
      // One process may serve the preview and the update of one `pulumi up`.
      registered.clear();
      reported.clear();
      report(unreported, reportViolation);
    },
  };
}
