import assert from "node:assert/strict";
import type { DatastoresArgs } from "../../../components/datastores";
import { changed, record, valueOf } from "../support/recording";
import { secret } from "../support/secret-value";

const args: DatastoresArgs = {
  namespace: "fleet",
  imagePullSecrets: [{ name: "one" }],
  mysqlImage: "registry.example.com/mysql:8",
  valkeyImage: "registry.example.com/valkey:8",
};

const make = (more: Partial<DatastoresArgs> = {}) =>
  record(async () => {
    const { Datastores } = await import("../../../components/datastores");
    return new Datastores("db", { ...args, ...more });
  });

const labels = (name: string) => ({ "app.kubernetes.io/part-of": "fleet", "app.kubernetes.io/name": name });

const pod = {
  automountServiceAccountToken: false,
  imagePullSecrets: [{ name: "one" }],
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 999,
    runAsGroup: 999,
    fsGroup: 999,
    seccompProfile: { type: "RuntimeDefault" },
  },
};

const container = (port: number) => ({
  ports: [{ name: "server", containerPort: port }],
  startupProbe: { tcpSocket: { port: "server" }, periodSeconds: 1, failureThreshold: 600 },
  readinessProbe: { tcpSocket: { port: "server" }, periodSeconds: 2 },
  livenessProbe: { tcpSocket: { port: "server" }, periodSeconds: 10 },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    privileged: false,
    readOnlyRootFilesystem: true,
  },
});

/** Ready is the pod of the newest template, not the one before it. */
const readyAfterUpdate = '["jsonpath={.status.updatedReplicas}=1","jsonpath={.status.readyReplicas}=1"]';

function statefulSet(name: string, podSpec: unknown, more: object = {}) {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: {
      namespace: "fleet",
      name,
      labels: labels(name),
      annotations: { "pulumi.com/waitFor": readyAfterUpdate },
    },
    spec: {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: labels(name) },
      template: { metadata: { labels: labels(name) }, spec: podSpec },
      ...more,
    },
  };
}

const service = (name: string, port: number) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace: "fleet", name, labels: labels(name) },
  spec: { clusterIP: "None", selector: labels(name), ports: [{ name: "server", port }] },
});

const passwords = (data: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { namespace: "fleet", labels: { "app.kubernetes.io/part-of": "fleet" } },
  immutable: true,
  stringData: secret(data),
});

describe("Datastores", function () {
  this.timeout(20_000); // for a busy machine
  it("makes MySQL and Valkey: a Secret, a Service and a StatefulSet each", async () => {
    const { result, recording } = await make();
    assert.deepEqual(recording.tree(), [
      "fleet:index:Datastores db",
      "  kubernetes:apps/v1:StatefulSet db-mysql",
      "  kubernetes:apps/v1:StatefulSet db-valkey",
      "  kubernetes:core/v1:Secret db-mysql",
      "  kubernetes:core/v1:Secret db-valkey",
      "  kubernetes:core/v1:Service db-mysql",
      "  kubernetes:core/v1:Service db-valkey",
      "  random:index/randomPassword:RandomPassword db-mysql",
      "  random:index/randomPassword:RandomPassword db-mysql-root",
      "  random:index/randomPassword:RandomPassword db-valkey",
    ]);
    assert.deepEqual(recording.get("Datastores db").inputs, {});
    for (const name of ["db-mysql", "db-mysql-root", "db-valkey"]) {
      assert.deepEqual(recording.get(`RandomPassword ${name}`).inputs, { length: 32, special: false });
    }
    assert.ok(result.mysql && result.valkey);
    assert.equal(await valueOf(result.mysql.address), "db-mysql.fleet.svc:3306");
    assert.equal(await valueOf(result.valkey.address), "db-valkey.fleet.svc:6379");
    assert.equal(result.mysql.password.key, "mysql-password");
    assert.equal(result.valkey.password.key, "valkey-password");
    assert.deepEqual(Object.keys(recording.outputs["Datastores db"] ?? {}), ["mysql", "valkey"]);
  });

  it("describes MySQL exactly", async () => {
    const { result, recording } = await make();
    assert.deepEqual(
      recording.get("Secret db-mysql").inputs,
      passwords({ "mysql-password": "random-db-mysql", "mysql-root-password": "random-db-mysql-root" }),
    );
    assert.deepEqual(recording.get("Service db-mysql").inputs, service("db-mysql", 3306));
    assert.ok(result.mysql);
    const name = await valueOf(result.mysql.password.secretName);
    const fromSecret = (key: string) => ({ secretKeyRef: { name, key } });
    const podSpec = {
      ...pod,
      volumes: [
        { name: "tmp", emptyDir: {} },
        { name: "run", emptyDir: {} },
      ],
      containers: [
        {
          name: "mysql",
          image: "registry.example.com/mysql:8",
          env: [
            { name: "MYSQL_ROOT_PASSWORD", valueFrom: fromSecret("mysql-root-password") },
            { name: "MYSQL_DATABASE", value: "fleet" },
            { name: "MYSQL_USER", value: "fleet" },
            { name: "MYSQL_PASSWORD", valueFrom: fromSecret("mysql-password") },
          ],
          resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "1Gi" } },
          volumeMounts: [
            { name: "data", mountPath: "/var/lib/mysql", subPath: "mysql" },
            { name: "tmp", mountPath: "/tmp" },
            { name: "run", mountPath: "/var/run/mysqld" },
          ],
          ...container(3306),
        },
      ],
    };
    const claim = (storage: string) => ({
      volumeClaimTemplates: [
        { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } } },
      ],
    });
    assert.deepEqual(recording.get("StatefulSet db-mysql").inputs, statefulSet("db-mysql", podSpec, claim("10Gi")));
    const larger = await make({ mysqlVolumeSize: "50Gi" });
    assert.deepEqual(
      larger.recording.get("StatefulSet db-mysql").inputs,
      statefulSet("db-mysql", podSpec, claim("50Gi")),
    );
  });

  it("describes Valkey exactly", async () => {
    const { result, recording } = await make();
    assert.deepEqual(
      recording.get("Secret db-valkey").inputs,
      passwords({
        "valkey-password": "random-db-valkey",
        "valkey.conf": 'requirepass random-db-valkey\nsave ""\nappendonly no\ndir /tmp\n',
      }),
    );
    assert.deepEqual(recording.get("Service db-valkey").inputs, service("db-valkey", 6379));
    assert.ok(result.valkey);
    const secretName = await valueOf(result.valkey.password.secretName);
    const podSpec = {
      ...pod,
      volumes: [
        { name: "tmp", emptyDir: {} },
        { name: "config", secret: { secretName, items: [{ key: "valkey.conf", path: "valkey.conf" }] } },
      ],
      containers: [
        {
          name: "valkey",
          image: "registry.example.com/valkey:8",
          command: ["valkey-server", "/etc/valkey/valkey.conf"],
          resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
          volumeMounts: [
            { name: "config", mountPath: "/etc/valkey", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
          ...container(6379),
        },
      ],
    };
    assert.deepEqual(recording.get("StatefulSet db-valkey").inputs, statefulSet("db-valkey", podSpec));
  });

  it("runs as another user, or as one that the cluster assigns", async () => {
    const securityOf = async (user: number) => {
      const { recording } = await make({ user });
      return ["db-mysql", "db-valkey"].map((name) => {
        const { spec } = recording.get(`StatefulSet ${name}`).inputs as ReturnType<typeof statefulSet>;
        return (spec.template.spec as typeof pod).securityContext;
      });
    };
    const { seccompProfile } = pod.securityContext;
    const own = { runAsNonRoot: true, runAsUser: 1001, runAsGroup: 1001, fsGroup: 1001, seccompProfile };
    assert.deepEqual(await securityOf(1001), [own, own]);
    const assigned = { runAsNonRoot: true, seccompProfile };
    assert.deepEqual(await securityOf(0), [assigned, assigned]);
  });

  it("makes only what it has an image for", async () => {
    const cases: readonly [Partial<DatastoresArgs>, readonly string[]][] = [
      [{ mysqlImage: undefined }, ["StatefulSet db-valkey"]],
      [{ valkeyImage: undefined }, ["StatefulSet db-mysql"]],
      [{ mysqlImage: undefined, valkeyImage: undefined }, []],
    ];
    for (const [more, expected] of cases) {
      const { result, recording } = await make(more);
      const ids = recording.resources.map(({ id }) => id);
      assert.deepEqual(
        ids.filter((id) => id.startsWith("StatefulSet ")),
        expected,
      );
      assert.deepEqual(
        [result.mysql === undefined, result.valkey === undefined],
        [
          more.mysqlImage === undefined && "mysqlImage" in more,
          more.valkeyImage === undefined && "valkeyImage" in more,
        ],
      );
    }
  });

  it("hides every password, and changes the pods alone when the pull Secrets change", async () => {
    const [before, same, after] = [await make(), await make(), await make({ imagePullSecrets: [{ name: "new" }] })];
    assert.doesNotMatch(before.recording.readable(), /random-db/);
    assert.deepEqual(changed(before.recording, same.recording), []);
    assert.deepEqual(changed(before.recording, after.recording), ["StatefulSet db-mysql", "StatefulSet db-valkey"]);
  });

  it("lets its pods wait for what it is told to depend on", async () => {
    const { recording } = await record(async () => {
      const { Datastores } = await import("../../../components/datastores");
      const { Namespace } = await import("@pulumi/kubernetes/core/v1/namespace");
      return new Datastores("db", args, { dependsOn: new Namespace("first", {}) });
    });
    assert.deepEqual(recording.get("StatefulSet db-mysql").dependencies, ["Namespace first", "Secret db-mysql"]);
    assert.deepEqual(recording.get("StatefulSet db-valkey").dependencies, ["Namespace first", "Secret db-valkey"]);
  });
});
