import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import {
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  GetSchemaResponse,
  ReadResponse,
  UpdateResponse,
  type CheckRequest,
  type ConfigureRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type GetSchemaRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { diffConfig } from "./config-diff";
import { checkObject, namingOf } from "./object-check";
import { diffObject } from "./object-diff";
import { createObject, deleteObject, updateObject } from "./object-operations";
import { readObject } from "./object-read";
import { fromStruct, toStruct } from "./property-values";
import { checkRelease } from "./release-check";
import { diffRelease } from "./release-diff";
import { createRelease, deleteRelease, readRelease, updateRelease } from "./release-operations";
import { diffResponse, checkFailure, unary } from "./rpc";
import type { Session, Sessions } from "./session";
import { parseUrn } from "./urn";

/** The version of the official provider that this one stands in for. */
const version = "4.32.0";

const isRelease = (urn: string): boolean => parseUrn(urn).type === "kubernetes:helm.sh/v3:Release";

async function check(session: Session, request: CheckRequest): Promise<CheckResponse> {
  const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  const urn = request.getUrn();
  if (!isRelease(urn)) {
    const inputs = checkObject(session, urn, olds, news, namingOf(request));
    return new CheckResponse().setInputs(toStruct(inputs));
  }
  const { inputs, problem } = await checkRelease(session, urn, olds, news);
  const response = new CheckResponse().setInputs(toStruct(inputs));
  if (problem !== undefined) response.addFailures(checkFailure("chart", problem));
  return response;
}

async function diff(session: Session, request: DiffRequest): Promise<DiffResponse> {
  const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  const ignored = request.getIgnorechangesList();
  const urn = request.getUrn();
  return diffResponse(
    isRelease(urn) ? diffRelease(olds, news, ignored) : await diffObject(session, urn, olds, news, ignored),
  );
}

async function create(session: Session, request: CreateRequest): Promise<CreateResponse> {
  const operation = { session, urn: request.getUrn(), timeout: request.getTimeout(), preview: request.getPreview() };
  const given = fromStruct(request.getProperties());
  const { id, state } = await (isRelease(operation.urn) ? createRelease : createObject)(operation, given);
  return new CreateResponse().setId(id).setProperties(toStruct(state));
}

async function read(session: Session, request: ReadRequest): Promise<ReadResponse> {
  const urn = request.getUrn();
  if (!session.reachable) {
    session.about(urn).warn(`the configured Kubernetes cluster is unreachable: ${session.unreachableReason}`);
    throw new Error("the resource cannot be read, because the cluster is unreachable");
  }
  const [state, inputs] = [fromStruct(request.getProperties()), fromStruct(request.getInputs())];
  const result = isRelease(urn)
    ? await readRelease(session, request.getId(), state)
    : await readObject(session, urn, request.getId(), state, inputs);
  if (!result) return new ReadResponse(); // an answer without an ID says that it is gone
  return new ReadResponse().setId(result.id).setProperties(toStruct(result.state)).setInputs(toStruct(result.inputs));
}

async function update(session: Session, request: UpdateRequest): Promise<UpdateResponse> {
  const operation = { session, urn: request.getUrn(), timeout: request.getTimeout(), preview: request.getPreview() };
  const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  const state = await (isRelease(operation.urn) ? updateRelease : updateObject)(operation, olds, news);
  return new UpdateResponse().setProperties(toStruct(state));
}

async function remove(session: Session, request: DeleteRequest): Promise<Empty> {
  const operation = { session, urn: request.getUrn(), timeout: request.getTimeout(), preview: false };
  const state = fromStruct(request.getProperties());
  await (isRelease(operation.urn) ? deleteRelease : deleteObject)(operation, request.getId(), state);
  return new Empty();
}

/** The `kubernetes` provider as a gRPC service. What it lacks (components, invokes) answers "unimplemented". */
export function kubernetesService(sessions: Sessions): UntypedServiceImplementation {
  const inSession = <Request, Response>(work: (session: Session, request: Request) => Response | Promise<Response>) =>
    unary<Request, Response>((request, call) => work(sessions.of(call.getPeer()), request));
  return {
    attach: inSession((session, request: PluginAttach) => {
      session.attach(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: inSession(() => new PluginInfo().setVersion(version)),
    getSchema: inSession<GetSchemaRequest, GetSchemaResponse>(() =>
      new GetSchemaResponse().setSchema(JSON.stringify({ name: "kubernetes", version })),
    ),
    checkConfig: inSession((_, request: CheckRequest) => new CheckResponse().setInputs(request.getNews())),
    diffConfig: inSession((_, request: DiffRequest) => diffConfig(request)),
    configure: inSession(async (session, request: ConfigureRequest) => {
      await session.configure(request);
      return new ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true);
    }),
    check: inSession(check),
    diff: inSession(diff),
    create: inSession(create),
    read: inSession(read),
    update: inSession(update),
    delete: inSession(remove),
    cancel: inSession((session) => {
      session.cancel();
      return new Empty();
    }),
  };
}
