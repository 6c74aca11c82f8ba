import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import {
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  GetSchemaResponse,
  ReadResponse,
  UpdateResponse,
  type CheckRequest,
  type CreateRequest,
  type DiffRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { detailedDiff } from "./detailed-diff";
import { mergePatch } from "./patch";
import { fromStruct, Secret, stripAll, toStruct, unknown, type Json, type Properties } from "./property-values";
import { isSecretOutput, makeRandom, randomKindOf } from "./random-values";
import { diffResponse, unary } from "./rpc";
import { parseUrn } from "./urn";

/** The version of the official provider that this one stands in for. */
const version = "4.21.1";

/** Any change makes a new value: the official provider knows no other. */
function diff(request: DiffRequest): DiffResponse {
  const kind = randomKindOf(parseUrn(request.getUrn()).type);
  const state = stripAll(fromStruct(request.getOlds()));
  const news = stripAll(fromStruct(request.getNews()));
  // Inputs that the program leaves out have defaults, which the state has.
  const isSet = ([key, value]: [string, Json]) => kind.inputs.includes(key) && value !== null;
  const before = Object.fromEntries(Object.entries(state).filter(isSet));
  const after = { ...kind.defaults, ...news };
  const sides = { old: before, newInput: after, oldInput: before };
  const detailed = detailedDiff(mergePatch(before, after), sides, kind.inputs);
  const replaces = [...detailed.keys()];
  return diffResponse({ changed: replaces.length > 0, replaces, deleteBeforeReplace: false, detailed });
}

function create(request: CreateRequest): CreateResponse {
  const type = parseUrn(request.getUrn()).type;
  const kind = randomKindOf(type);
  const inputs = fromStruct(request.getProperties());
  const settings = { ...kind.defaults, ...inputs };
  const made = request.getPreview() ? undefined : makeRandom(type, stripAll(settings));
  const outputs: Properties = {};
  for (const key of kind.outputs) {
    const value = made?.outputs[key];
    outputs[key] = value === undefined ? unknown : isSecretOutput(type, key) ? new Secret(value) : value;
  }
  return new CreateResponse().setId(made?.id ?? "").setProperties(toStruct({ ...settings, ...outputs }));
}

/** The `random` provider as a gRPC service. */
export function randomService(): UntypedServiceImplementation {
  return {
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(() => new GetSchemaResponse().setSchema(JSON.stringify({ name: "random", version }))),
    checkConfig: unary((request: CheckRequest) => new CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(() => new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE)),
    configure: unary(() => new ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
    check: unary((request: CheckRequest) => {
      randomKindOf(parseUrn(request.getUrn()).type);
      return new CheckResponse().setInputs(request.getNews());
    }),
    diff: unary(diff),
    create: unary(create),
    // The value is nowhere but in the state.
    read: unary((request: ReadRequest) =>
      new ReadResponse().setId(request.getId()).setProperties(request.getProperties()).setInputs(request.getInputs()),
    ),
    update: unary((request: UpdateRequest) => new UpdateResponse().setProperties(request.getOlds())),
    delete: unary(() => new Empty()),
    cancel: unary(() => new Empty()),
  };
}
