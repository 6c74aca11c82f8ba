import * as fs from "node:fs";
import { placesOf } from "../../local/cluster/places";
import { stateDir } from "../../local/support/paths";
import { makeCertificate } from "./fake-registry";
import { RealRegistry } from "./real-registry";
import { forgetInContainerd, hostAddress, trustInContainerd } from "./registry-on-host";
import { TokenServer, type TokenUser } from "./token-server";

/**
 * A real registry with a real token service, which the node pulls from: both listen on this machine's end of the link to the
 * node, with certificates of an authority of their own, which containerd is told to trust for this registry. It has the images
 * of the cluster's own registry.
 */
export class TokenRegistry {
  private constructor(
    /** Of registry and token service. */
    readonly authority: string,
    private readonly tokens: TokenServer,
    private readonly registry: RealRegistry,
  ) {}

  static async start(): Promise<TokenRegistry> {
    const address = await hostAddress();
    const tls = makeCertificate([`IP:${address}`]);
    const tokens = await TokenServer.start({ users: {}, address, tls });
    const real = await RealRegistry.create(address, tls);
    const registry = new TokenRegistry(tls.ca, tokens, real);
    try {
      fs.cpSync(placesOf(stateDir).images, real.images, { recursive: true });
      await real.start(tokens.registryAuth(real.folder));
      trustInContainerd(real.host, tls.ca);
      return registry;
    } catch (error) {
      await registry.remove();
      throw error;
    }
  }

  /** As image references name it. */
  get server(): string {
    return this.registry.host;
  }

  /** What an account may do from now on, by repository. */
  setUser(name: string, user: TokenUser): void {
    this.tokens.users.set(name, user);
  }

  /** Ends both, and forgets everything. */
  async remove(): Promise<void> {
    await this.registry.remove();
    await this.tokens.close();
    forgetInContainerd(this.server);
  }
}
