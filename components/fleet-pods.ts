import type * as inputs from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../registry/issue";
import { asObject, isObject, type Values } from "./plain-values";
import type { PodUser } from "./pod-security";

/**
 * What Fleet's chart puts into each of its pods that admission, a mesh or the scheduler goes by, for a pod of this program that
 * is to be treated as they are. The chart has no value for labels, a priority class or a runtime class. The labels that it gives
 * are those that its Service selects by, and its ServiceAccount is there only after the first release: neither is for others.
 */
export interface PodSettings {
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly user?: PodUser;
  readonly nodeSelector?: Record<string, string>;
  readonly tolerations?: inputs.core.v1.Toleration[];
  readonly affinity?: inputs.core.v1.Affinity;
}

/** The user of Fleet's chart; `values.fleet.securityContext` may say another, or none. */
export const fleetUser = { runAsNonRoot: true, runAsUser: 3333, runAsGroup: 3333 } as const satisfies PodUser;

/** How the chart makes Fleet's pods with a user's values. */
export function podSettingsInValues(values: Values): PodSettings {
  const { podAnnotations, nodeSelector, tolerations, affinity } = values;
  return {
    annotations: asObject(podAnnotations) as PodSettings["annotations"],
    user: userInValues(values),
    ...(isObject(nodeSelector) && { nodeSelector: nodeSelector as PodSettings["nodeSelector"] }),
    ...(Array.isArray(tolerations) && { tolerations: tolerations as PodSettings["tolerations"] }),
    ...(isObject(affinity) && { affinity: affinity }),
  };
}

/** As in the chart's templates, `null`, 0 and `false` leave a field out. */
function userInValues(values: Values): PodUser {
  const given = { ...fleetUser, ...asObject(asObject(values.fleet).securityContext) } as Partial<
    Record<keyof PodUser, unknown>
  >;
  const names = ["runAsNonRoot", "runAsUser", "runAsGroup"] as const;
  return Object.fromEntries(names.filter((name) => given[name]).map((name) => [name, given[name]]));
}

/** What of it a pod could not be made with. */
export function checkPodSettings(values: Values): readonly Issue[] {
  const { runAsUser, runAsGroup } = asObject(asObject(values.fleet).securityContext);
  return [
    ...checkAnnotations(asObject(values.podAnnotations), "values.podAnnotations"),
    ...Object.entries({ runAsUser, runAsGroup })
      .filter(([, value]) => value !== null && value !== undefined && !isId(value))
      .map(([name]) => ({
        place: `values.fleet.securityContext.${name}`,
        code: "malformed" as const,
        sentence: "is not the number of a user or group",
        fix: "write a whole number without quotes, or null where the cluster assigns one",
      })),
  ];
}

/** Annotations whose value is no text, which Kubernetes does not take: YAML reads `true` and `1` as something else. */
export function checkAnnotations(annotations: Values, place: string): readonly Issue[] {
  return Object.entries(annotations)
    .filter(([, value]) => ["number", "boolean"].includes(typeof value) || value === null)
    .map(([name]) => ({
      place: `${place}.${name}`,
      code: "malformed",
      sentence: "is not text",
      fix: "put it in quotes",
    }));
}

const isId = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
