import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";

const config = new pulumi.Config();
const server = config.require("server");
const image = `${server}/fleetdm/fleet`;
const namespace = new Namespace("fleet", { metadata: { name: config.require("namespace") } }).metadata.name;
const metadata = { namespace };

const login = pulumi
  .all([config.require("username"), config.requireSecret("password")])
  .apply(([username, password]) =>
    JSON.stringify({ auths: { [server]: { auth: Buffer.from(`${username}:${password}`).toString("base64") } } }),
  );
const registry = new Secret("registry", {
  metadata,
  type: "kubernetes.io/dockerconfigjson",
  stringData: { ".dockerconfigjson": login },
});
const imagePullSecrets = [{ name: registry.metadata.name }];
const database = new Secret("database", {
  metadata,
  stringData: { password: config.requireSecret("databasePassword") },
});
const privateKey = new Secret("private-key", {
  metadata,
  stringData: { key: new RandomPassword("private-key", { length: 32, special: false }).result },
});
const check = config.getBoolean("check")
  ? [
      new Job("check", {
        metadata: { namespace, annotations: { "pulumi.com/replaceUnready": "true" } },
        spec: {
          backoffLimit: 0,
          template: {
            spec: {
              restartPolicy: "Never",
              imagePullSecrets,
              containers: [{ name: "fleet", image: `${image}:v4.85.0`, command: ["/usr/bin/fleet", "version"] }],
            },
          },
        },
      }),
    ]
  : [];
new Release(
  "fleet",
  {
    name: "fleet",
    chart: config.require("chart"),
    namespace,
    atomic: true,
    timeout: 60,
    values: {
      imageRepository: image,
      imageTag: "v4.85.0",
      imagePullSecrets,
      replicas: 2,
      environments: { FLEET_SERVER_PRIVATE_KEY: null },
      envsFrom: [
        {
          name: "FLEET_SERVER_PRIVATE_KEY",
          valueFrom: { secretKeyRef: { name: privateKey.metadata.name, key: "key" } },
        },
      ],
      fleet: { tls: { enabled: false } },
      database: { address: config.require("database"), secretName: database.metadata.name, passwordKey: "password" },
      cache: { address: config.require("cache") },
    },
  },
  { dependsOn: check },
);
