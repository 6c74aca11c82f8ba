import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { FleetArgs } from "../../../components/fleet-args";
import { UserError } from "../../../components/user-error";
import { external, refusalOf } from "../support/fleet-run";

const secret = { secretName: "s", key: "k" };
const address = "db:1";

/** Arguments, and what is told of them. */
const cases: readonly (readonly [Partial<FleetArgs>, string])[] = [
  [
    { database: { address } },
    "database.password is not set; set it, or name the Secret that holds it in database.passwordSecret",
  ],
  [
    { database: { address, password: "p", passwordSecret: secret } },
    "database.password and database.passwordSecret are both set; keep only one of the two",
  ],
  [
    { cache: { address, password: "p", passwordSecret: secret } },
    "cache.password and cache.passwordSecret are both set; keep only one of the two",
  ],
  [
    { privateKey: "k", privateKeySecret: secret },
    "privateKey and privateKeySecret are both set; keep only one of the two",
  ],
  [{ licenseKey: "k", licenseSecret: secret }, "licenseKey and licenseSecret are both set; keep only one of the two"],
  [{ tls: {} }, "tls needs either certificate and privateKey, or secretName; keep one of the two forms"],
  [
    { tls: { certificate: "C", privateKey: "K", secretName: "s" } },
    "tls needs either certificate and privateKey, or secretName; keep one of the two forms",
  ],
  [
    { tls: { privateKey: "K", secretName: "s" } },
    "tls has only one half of a key pair; set both certificate and privateKey",
  ],
  [
    { adopt: true, namespace: pulumi.output("fleet") },
    "namespace is an output, but adopt is true, and what is taken over has to be known beforehand; write its name",
  ],
  [
    { registries: pulumi.output({}) as unknown as FleetArgs["registries"] },
    "registries is an output, but its keys decide which Secrets are made; write the servers as plain keys; usernames and passwords may be outputs",
  ],
  [
    { existing: pulumi.output([]) as unknown as FleetArgs["existing"] },
    "existing is an output, but its length decides what pods list; write a plain list; names and revisions may be outputs",
  ],
  [
    {
      imageTag: pulumi.output("v1") as unknown as string,
      database: pulumi.output({}) as unknown as FleetArgs["database"],
    },
    "imageTag is an output, but it decides what is made or checked before anything is; write the value itself\n" +
      "database is an output, but it decides what is made or checked before anything is; write the value itself",
  ],
  [
    { pullCheckImages: [{ image: pulumi.output("a:1") as unknown as string, command: ["/a"] }] },
    "pullCheckImages[0].image is an output, but it decides what is made or checked before anything is; write the value itself",
  ],
  [{ imageTag: "" }, "imageTag is not set; name a tag that your registry has, for example v4.85.0"],
  [{ imageTag: undefined }, "imageTag is not set; name a tag that your registry has, for example v4.85.0"],
  [{ pullCheckNodes: 0 }, "pullCheckNodes is 0; set a whole number from 1 up"],
  [{ pullCheckNodes: 1.5 }, "pullCheckNodes is 1.5; set a whole number from 1 up"],
  [
    { pullCheckNodes: 2, pullCheckDeadlineSeconds: 29 },
    "pullCheckDeadlineSeconds is 29, too short for a check on more than one node; set 30 or more",
  ],
];

describe("Fleet's arguments", () => {
  for (const [args, message] of cases) {
    it(message, async () => {
      const error = await refusalOf({ ...external, ...args });
      assert.ok(error instanceof UserError);
      assert.equal(error.message, message);
    });
  }
});
