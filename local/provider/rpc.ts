import { Metadata, status, type handleUnaryCall, type ServerUnaryCall } from "@grpc/grpc-js";
import { CheckFailure, DiffResponse, ErrorResourceInitFailed, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";

import type { DetailedDiff, PropertyChange } from "./detailed-diff";
import { toStruct, type Properties } from "./property-values";

/** The object exists, but did not become ready: the engine keeps it in the state, with the reasons. */
export class NotReady extends Error {
  constructor(
    message: string,
    readonly reasons: readonly string[],
    readonly id: string,
    readonly state: Properties,
    readonly inputs?: Properties,
  ) {
    super(message);
  }

  /** The details that the engine reads from the error's metadata. */
  metadata(): Metadata {
    const failed = new ErrorResourceInitFailed()
      .setId(this.id)
      .setProperties(toStruct(this.state))
      .setReasonsList([this.message, ...this.reasons]);
    if (this.inputs) failed.setInputs(toStruct(this.inputs));
    const detail = new Any();
    detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const details = new Status();
    details.setCode(status.UNKNOWN);
    details.setMessage(this.message);
    details.addDetails(detail);
    const metadata = new Metadata();
    metadata.set("grpc-status-details-bin", Buffer.from(details.serializeBinary()));
    return metadata;
  }
}

/** A gRPC method from a function. What it throws is printed by the engine as its message, without a stack. */
export function unary<Request, Response>(
  work: (request: Request, call: ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => work(call.request, call))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          const metadata = error instanceof NotReady ? error.metadata() : undefined;
          callback({ code: status.UNKNOWN, details, metadata });
        },
      );
  };
}

export const checkFailure = (property: string, reason: string): CheckFailure =>
  new CheckFailure().setProperty(property).setReason(reason);

/** What a diff found. */
export interface Difference {
  readonly changed: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly detailed: DetailedDiff;
  /** Changed top-level properties, where a provider names them instead when it has no details. */
  readonly diffs?: readonly string[];
}

const { Kind } = PropertyDiff;
const kinds = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

function propertyDiff({ change, replaces, ofInputs }: PropertyChange): PropertyDiff {
  return new PropertyDiff().setKind(kinds[change][replaces ? 1 : 0]).setInputdiff(ofInputs);
}

export function diffResponse(difference: Difference): DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  const response = new DiffResponse()
    .setChanges(difference.changed ? DIFF_SOME : DIFF_NONE)
    .setReplacesList([...difference.replaces])
    .setDeletebeforereplace(difference.deleteBeforeReplace)
    .setDiffsList([...(difference.diffs ?? [])])
    .setHasdetaileddiff(difference.diffs === undefined || difference.detailed.size > 0);
  const detailed = response.getDetaileddiffMap();
  for (const [path, change] of difference.detailed) detailed.set(path, propertyDiff(change));
  return response;
}
