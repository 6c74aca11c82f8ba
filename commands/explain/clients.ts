/** Where the clients are; nothing where there is none that fits. */
export interface Clients {
  /** Helm 3.14 or newer, not Helm 4. */
  readonly findHelm: () => Promise<string | undefined>;
  readonly findKubectl: () => Promise<string | undefined>;
}
