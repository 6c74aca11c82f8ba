import { ensureHelm } from "../../local/toolchain/kubernetes-clients";
import { databasePassword } from "../support/external-datastores";
import { setRegistryUser } from "../../local/cluster";
import { run } from "../../commands/process";
import { session } from "../support/session";

const namespace = "bench-helm";

/** What people do without this program: a Secret by `kubectl`, a release by `helm`. */
export class Peer {
  readonly username = "puller-helm";
  private secret = "";
  private revision = 0;

  private constructor(
    private readonly chart: string,
    private readonly addresses: { readonly database: string; readonly cache: string },
  ) {}

  static async create(chart: string, datastores: Readonly<Record<string, unknown>>): Promise<Peer> {
    const address = (key: string) => (datastores[key] as { address: string }).address;
    const peer = new Peer(chart, { database: address("fleet:database"), cache: address("fleet:cache") });
    await peer.kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
    await peer.kubectl(["create", "namespace", namespace]);
    await setRegistryUser(peer.username, "first");
    await peer.createSecret("database", "Opaque", { password: databasePassword });
    await peer.createSecret("private-key", "Opaque", { key: "0123456789abcdef0123456789abcdef" });
    return peer;
  }

  async deploy(): Promise<void> {
    await this.rotate("first");
  }

  /** A Secret under a new name, so that the pods roll; then the one before is deleted. */
  async rotate(password: string): Promise<void> {
    const old = this.secret;
    this.secret = `registry-${++this.revision}`;
    const { server } = session().cluster.registry;
    const auth = Buffer.from(`${this.username}:${password}`).toString("base64");
    await this.createSecret(this.secret, "kubernetes.io/dockerconfigjson", {
      ".dockerconfigjson": JSON.stringify({ auths: { [server]: { auth } } }),
    });
    const values = {
      imageRepository: `${server}/fleetdm/fleet`,
      imageTag: "v4.85.0",
      imagePullSecrets: [{ name: this.secret }],
      replicas: 2,
      environments: { FLEET_SERVER_PRIVATE_KEY: null },
      fleet: { tls: { enabled: false } },
      envsFrom: [
        { name: "FLEET_SERVER_PRIVATE_KEY", valueFrom: { secretKeyRef: { name: "private-key", key: "key" } } },
      ],
      database: { address: this.addresses.database, secretName: "database", passwordKey: "password" },
      cache: { address: this.addresses.cache },
    };
    const { tools, cluster } = session();
    await run(
      await ensureHelm(),
      ["upgrade", "--install", "fleet", this.chart, "-n", namespace, "--atomic", "--timeout=60s", "--values=-"],
      { env: { ...tools.env, KUBECONFIG: cluster.kubeconfig }, input: JSON.stringify(values) },
    );
    if (old !== "") await this.kubectl(["delete", "secret", old, "-n", namespace]);
  }

  async remove(): Promise<void> {
    await this.kubectl(["delete", "namespace", namespace]);
  }

  /** As `kubectl create secret` does, with the value on standard input. */
  private createSecret(name: string, type: string, stringData: Readonly<Record<string, string>>): Promise<void> {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, type, stringData };
    return this.kubectl(["create", "-f", "-"], JSON.stringify(secret));
  }

  private async kubectl(args: readonly string[], input?: string): Promise<void> {
    const { tools, cluster } = session();
    await run(tools.kubectl, ["--kubeconfig", cluster.kubeconfig, ...args], { env: tools.env, input });
  }
}
