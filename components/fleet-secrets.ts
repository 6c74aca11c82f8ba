import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { replaceable } from "./child-options";
import { tlsSecretData, tlsValues } from "./database-tls";
import { bundledDatabase, type Datastores } from "./datastores";
import type { Cache, FleetArgs, SecretKey, Tls } from "./fleet-args";
import type { ManagedValues } from "./fleet-values";
import { defaultImages } from "./images";
import type { Values } from "./plain-values";

/** The host name of Fleet's chart. */
export const defaultHostName = "fleet.localhost";

/** Makes the Secrets that Fleet reads, and the chart values that name them. `options` are those of each resource. */
export class FleetSecrets {
  constructor(
    private readonly name: string,
    private readonly namespace: pulumi.Input<string>,
    private readonly options: pulumi.CustomResourceOptions,
  ) {}

  create(args: FleetArgs, datastores: Datastores): Pick<ManagedValues, "envsFrom" | "programValues"> {
    const privateKey =
      args.privateKeySecret ?? this.made("private-key", args.privateKey ?? this.generatedPrivateKey(args));
    const license = args.licenseKey === undefined ? args.licenseSecret : this.made("license", args.licenseKey);
    return {
      // The chart's own variable would carry the key in plain text, in the release and in every pod spec.
      envsFrom: [
        {
          name: "FLEET_SERVER_PRIVATE_KEY",
          valueFrom: { secretKeyRef: { name: privateKey.secretName, key: privateKey.key } },
        },
      ],
      programValues: {
        imageRepository: args.imageRepository ?? defaultImages.fleet,
        imageTag: args.imageTag,
        hostName: args.hostName ?? defaultHostName,
        replicas: args.replicas ?? 3,
        environments: { FLEET_SERVER_PRIVATE_KEY: null },
        database: this.database(args, datastores),
        cache: this.cache(args, datastores),
        fleet: {
          tls: this.tls(args.tls),
          ...(license && { license: { secretName: license.secretName, licenseKey: license.key } }),
        },
        ...(args.vulnProcessing && { vulnProcessing: vulnProcessing(args.vulnProcessing) }),
        // This program's own datastores take the pull Secrets; the chart's bundled ones do not.
        mysql: { enabled: false },
        redis: { enabled: false },
      },
    };
  }

  private database({ database }: FleetArgs, { mysql }: Datastores): Values {
    const tls = database?.tls;
    const password = database
      ? (database.passwordSecret ?? this.made("database", database.password ?? "", tls && tlsSecretData(tls)))
      : mysql?.password;
    return {
      address: database ? database.address : mysql?.address,
      database: database?.name ?? bundledDatabase.name,
      username: database?.username ?? bundledDatabase.username,
      secretName: password?.secretName,
      passwordKey: password?.key,
      ...(tls && { tls: tlsValues(tls) }),
    };
  }

  private cache({ cache }: FleetArgs, { valkey }: Datastores): Values {
    const password = cache ? this.cachePassword(cache) : valkey?.password;
    return {
      address: cache ? cache.address : valkey?.address,
      usePassword: password !== undefined,
      ...(password && { secretName: password.secretName, passwordKey: password.key }),
    };
  }

  private cachePassword({ password, passwordSecret }: Cache): SecretKey | undefined {
    return password === undefined ? passwordSecret : this.made("cache", password);
  }

  private tls(tls: Tls | undefined): Values {
    if (tls === undefined) return { enabled: false };
    const { certificate = "", privateKey = "" } = tls;
    const secretName =
      tls.secretName ?? this.secret("tls", { "server.cert": certificate, "server.key": privateKey }).metadata.name;
    return {
      enabled: true,
      uniqueTLSSecret: true,
      secretName,
      certSecretKey: "server.cert",
      keySecretKey: "server.key",
    };
  }

  private generatedPrivateKey({ protect }: FleetArgs): pulumi.Output<string> {
    // Letters and digits, since Fleet takes the bytes of the text itself: 32 of them are its AES-256 key.
    const opts = { ...this.options, protect };
    return new RandomPassword(`${this.name}-private-key`, { length: 32, special: false }, opts).result;
  }

  /** The key of a Secret made here. */
  private made(
    suffix: string,
    value: pulumi.Input<string>,
    beside: Record<string, pulumi.Input<string>> = {},
  ): SecretKey {
    return { secretName: this.secret(suffix, { value, ...beside }).metadata.name, key: "value" };
  }

  private secret(suffix: string, values: Record<string, pulumi.Input<string>>): Secret {
    return new Secret(
      `${this.name}-${suffix}`,
      {
        metadata: { namespace: this.namespace, labels: { "app.kubernetes.io/part-of": "fleet" } },
        // Another password is another Secret under another name, and what reads it is rolled. See `ImagePullSecrets`.
        immutable: true,
        stringData: pulumi.secret(values),
      },
      { ...this.options, ...replaceable },
    );
  }
}

/** The schedule of Fleet's chart. */
const hourly = "0 * * * *";

function vulnProcessing(args: NonNullable<FleetArgs["vulnProcessing"]>): Values {
  const { dedicated, deadlineSeconds = 0 } = args;
  const hasDeadline = dedicated && deadlineSeconds > 0;
  const schedule = args.schedule ?? (hasDeadline ? hourly : undefined);
  if (schedule === undefined) return { dedicated };
  // The chart does not quote the schedule, and to YAML a leading `*` is an alias, `?` a key, `&` an anchor, ` #` a comment.
  const quoted = pulumi.output(schedule).apply((text) => JSON.stringify(text));
  // Nor does it have a value for the deadline: post-render.js finds it in this comment, which nothing else reads.
  const withDeadline = pulumi.interpolate`${quoted} # activeDeadlineSeconds: ${deadlineSeconds}`;
  return { dedicated, schedule: hasDeadline ? withDeadline : quoted };
}
