import { PolicyPack } from "@pulumi/policy";
import { eachResource, wholeStack } from "./resource";
import { defaultMovingTags, imagesPinned } from "./rules/images-pinned";
import { defaultShortest, passwordsOutside, unknownPlaces } from "./rules/passwords-only-in-secrets";
import { pullCheckOn } from "./rules/pull-check-on";
import { listedSecretsAreOfType, pullSecretImmutable } from "./rules/pull-secrets-immutable";
import { pullSecretsListed } from "./rules/pull-secrets-listed";
import { listMistakes, registriesAllowed } from "./rules/registries-allowed";

const texts = { type: "array", items: { type: "string", minLength: 1 } } as const;

new PolicyPack("fleet-private-registry", {
  policies: [
    {
      name: "pull-secrets-listed",
      description: "Every pull Secret of the stack is listed by the Helm releases of its namespace.",
      enforcementLevel: "mandatory",
      ...wholeStack({ end: pullSecretsListed }),
    },
    {
      name: "passwords-only-in-secrets",
      description: "No password of a pull Secret stands anywhere but in the data of a Secret.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: {
          shortest: {
            type: "integer",
            minimum: 1,
            default: defaultShortest,
            description: "A password of fewer characters is compared with whole values only",
          },
        },
      },
      ...wholeStack<{ shortest: number }>({
        each: (resource, registered, { shortest }) => passwordsOutside([resource], registered, shortest),
        end: (registered, { shortest }) => [
          ...passwordsOutside(registered, registered, shortest),
          ...unknownPlaces(registered),
        ],
      }),
    },
    {
      name: "images-pinned",
      description: "Every image has a tag that stays, or a digest.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: {
          movingTags: { ...texts, default: [...defaultMovingTags], description: "Tags that no image may have" },
        },
      },
      ...eachResource<{ movingTags: string[] }>((resource, { movingTags }) => imagesPinned(resource, movingTags)),
    },
    {
      name: "registries-allowed",
      description: "Every image comes from an allowed registry.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: {
          registries: { ...texts, default: [], description: "Servers, written as in fleet:registries. Empty: any" },
        },
      },
      ...eachResource<{ registries: string[] }>((resource, { registries }) =>
        resource.type === "pulumi:pulumi:Stack" ? listMistakes(registries) : registriesAllowed(resource, registries),
      ),
    },
    {
      name: "pull-secrets-immutable",
      description: "Every pull Secret is immutable and of the type kubernetes.io/dockerconfigjson.",
      enforcementLevel: "mandatory",
      ...wholeStack({ each: pullSecretImmutable, end: listedSecretsAreOfType }),
    },
    {
      name: "pull-check-on",
      description: "The pull check is not switched off, and pulls on enough nodes.",
      enforcementLevel: "advisory",
      configSchema: {
        properties: {
          nodes: {
            type: "integer",
            minimum: 1,
            default: 1,
            description: "On how many nodes the pull check pulls at least",
          },
        },
      },
      ...wholeStack<{ nodes: number }>({ end: (registered, { nodes }) => pullCheckOn(registered, nodes) }),
    },
  ],
});
