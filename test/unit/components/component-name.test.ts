import { strict as assert } from "node:assert";
import { UserError } from "../../../components/user-error";
import { record } from "../support/recording";
import { bundled, external } from "../support/fleet-run";

const namespace = "team";
const registries = { "ghcr.io": { username: "puller" } };
const passwords = { "ghcr.io": "marker" };
const images = [{ name: "app", image: "ghcr.io/a/b:1", command: ["/bin/true"] }];

type Library = typeof import("../../../components");

const makes = {
  Fleet: ({ Fleet }: Library, name: string) => new Fleet(name, bundled),
  "Fleet with others' datastores": ({ Fleet }: Library, name: string) => new Fleet(name, external),
  ImagePullSecrets: ({ ImagePullSecrets }: Library, name: string) =>
    new ImagePullSecrets(name, { namespace, registries, passwords }),
  "ImagePullSecrets of others": ({ ImagePullSecrets }: Library, name: string) =>
    new ImagePullSecrets(name, { namespace, existing: [{ name: "team" }] }),
  ImagePullCheck: ({ ImagePullCheck }: Library, name: string) =>
    new ImagePullCheck(name, { namespace, images, imagePullSecrets: [] }),
  Datastores: ({ Datastores }: Library, name: string) =>
    new Datastores(name, { namespace, imagePullSecrets: [], valkeyImage: "valkey/valkey:8.1.4" }),
};

/** Whose names each takes. */
const takes: Readonly<Record<keyof typeof makes, readonly string[]>> = {
  Fleet: ["prod-fleet"],
  "Fleet with others' datastores": ["prod-fleet", "registry.example.com", "1st"],
  ImagePullSecrets: ["prod-fleet", "registry.example.com", "1st"],
  "ImagePullSecrets of others": [
    "prod-fleet",
    "registry.example.com",
    "1st",
    "prodFleet",
    "team_secrets",
    "flotte-für-alle",
  ],
  ImagePullCheck: ["prod-fleet", "registry.example.com", "1st"],
  Datastores: ["prod-fleet"],
};

describe("the name of a component", () => {
  for (const [what, make] of Object.entries(makes)) {
    it(`is refused before anything is made where Kubernetes would refuse what it begins: ${what}`, async () => {
      for (const name of takes["ImagePullSecrets of others"]) {
        const { result, recording } = await record(async () => {
          const library = await import("../../../components");
          try {
            return make(library, name);
          } catch (error) {
            return error;
          }
        });
        const taken = takes[what as keyof typeof makes].includes(name);
        assert.equal(result instanceof UserError, !taken, name);
        if (taken) continue;
        assert.equal(recording.tree().length, 1, name);
        assert.equal(
          (result as UserError).message,
          `The name ${JSON.stringify(name)} of a component begins the names of what it makes, and Kubernetes takes none of them; ` +
            'use lower-case letters, digits and "-", for example fleet-production',
        );
      }
    });
  }
});
