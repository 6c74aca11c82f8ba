import type { Component, Place } from "./component";
import type { Servers } from "./servers";

/** What differs between the kinds of node: everything beside etcd, the API server, its controllers and the registry. */
export interface NodeParts {
  /** Where components run; `undefined` while that has to be made first. */
  find(): Place | undefined;
  /**
   * Makes it, in place of what is left of an earlier one.
   * @param remembered where the servers were; `undefined` comes back when that is taken by something else now
   */
  make(remembered: Servers | undefined): Promise<{ readonly place: Place; readonly servers: Servers } | undefined>;
  writeConfigs?(servers: Servers): void;
  /** What belongs to the node itself: started with the API server, then waited for. */
  runtime(servers: Servers): NodeStage;
  /** What works through the API: started when its server answers, then waited for. */
  agents(servers: Servers): NodeStage;
  /** The class of volumes that claims get. */
  readonly volumeProvisioner: string;
}

export interface NodeStage {
  /** As the progress line names them. */
  readonly names: string;
  readonly components: readonly Component[];
  /** Resolves when all of them do their work. */
  ready(place: Place): Promise<void>;
}
