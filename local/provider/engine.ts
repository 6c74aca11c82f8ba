import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** What the engine prints about one resource. */
export interface ResourceLog {
  /** A line that stays. */
  warn(text: string): void;
  /** The line beside the resource while it is worked on; the next one replaces it. */
  status(text: string, severity?: "info" | "warning"): void;
}

/** The engine that attached to this process. */
export class Engine {
  private readonly client: EngineClient;

  constructor(readonly address: string) {
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  get port(): number {
    return Number(this.address.split(":").at(-1));
  }

  about(urn: string): ResourceLog {
    let last = "";
    return {
      warn: (text) => this.log(urn, LogSeverity.WARNING, text, false),
      status: (text, severity = "info") => {
        if (text === last) return;
        last = text;
        this.log(urn, severity === "warning" ? LogSeverity.WARNING : LogSeverity.INFO, text, true);
      },
    };
  }

  close(): void {
    this.client.close();
  }

  private log(urn: string, severity: LogSeverity, text: string, ephemeral: boolean): void {
    const request = new LogRequest().setUrn(urn).setSeverity(severity).setMessage(text).setEphemeral(ephemeral);
    this.client.log(request, () => undefined); // an engine that is gone needs no lines
  }
}
