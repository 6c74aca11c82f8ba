import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type {
  ReadResourceRequest,
  ReadResourceResponse,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { newResource, type World } from "./fake-providers";
import { readable, readSecrets, secretValue } from "./secret-value";

/** What the program asked the engine for, as the request said it. */
export interface Recorded {
  /** Last part of the type and logical name: `Secret fleet-ghcr-io`. */
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** The parent's `id`; "" for none. */
  readonly parent: string;
  /** Secret parts are marked with `secret()`. */
  readonly inputs: Record<string, unknown>;
  /** The ids of all dependencies, sorted: those of inputs and of `dependsOn`. */
  readonly dependencies: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** The timeout for creation, "" for the provider's own. */
  readonly createTimeout: string;
  /** The id of an object that is read and not made; "" for others. */
  readonly read: string;
  /** The id of an object that is taken over; "" for others. */
  readonly importId: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  /** The id of the provider that was given, by the component or to it; "" for the default one. */
  readonly provider: string;
}

interface Monitor {
  registerResource(request: RegisterResourceRequest, done: Callback<RegisterResourceResponse>): void;
  readResource(request: ReadResourceRequest, done: Callback<ReadResourceResponse>): void;
  registerResourceOutputs(request: RegisterResourceOutputsRequest, done: Callback<unknown>): void;
}

type Callback<R> = (error: Error | null, response: R | undefined) => void;

/** What one run of a program registered, in the order of the requests. */
export class Recording {
  readonly resources: Recorded[] = [];
  /** What each component registered as its outputs, by id. */
  readonly outputs: Record<string, unknown> = {};
  /** The name in the cluster of each Kubernetes object that was made, by id. */
  readonly objectNames: Record<string, string> = {};
  /** Rejected by a read that fails. */
  readonly failedRead: Promise<never>;
  private rejectRead: (error: FailedRead) => void = () => undefined;

  constructor() {
    this.failedRead = new Promise((_, reject) => (this.rejectRead = reject));
    this.failedRead.catch(() => undefined);
  }

  failRead(id: string): void {
    this.rejectRead(new FailedRead(id, this));
  }

  get(id: string): Recorded {
    const [found, ...more] = this.resources.filter((resource) => resource.id === id);
    if (found === undefined || more.length > 0) {
      throw new Error(`not exactly one ${id} among: ${this.resources.map((one) => one.id).join(", ")}`);
    }
    return found;
  }

  /** All resources below a parent, two spaces deeper for each level, sorted by type and name. */
  tree(parent = "", indent = ""): readonly string[] {
    return this.resources
      .filter((resource) => resource.parent === parent)
      .map(({ id, type, name }) => ({ id, line: `${type} ${name}` }))
      .sort((a, b) => (a.line < b.line ? -1 : 1))
      .flatMap(({ id, line }) => [`${indent}${line}`, ...this.tree(id, `${indent}  `)]);
  }

  /** All inputs and outputs as anyone could read them who sees no secret. */
  readable(): string {
    return readable([this.resources, this.outputs]);
  }
}

/** A read that failed: the engine prints the resource's type and logical name, which are all it knows, and ends the program. */
export class FailedRead extends Error {
  constructor(
    id: string,
    readonly recording: Recording,
  ) {
    super(`${id} cannot be read`);
  }
}

let lastRun: Promise<unknown> = Promise.resolve();

/**
 * Runs a piece of a program against recording mocks, waits for all of its resources, and returns what it asked for.
 * The mocks are the whole process's, so runs wait for each other.
 *
 * @throws FailedRead when an object that is not there is read, where the engine would end the program
 */
export function record<T>(work: () => T | Promise<T>, world: World = {}): Promise<Run<T>> {
  const run = lastRun.then(() => runOnce(work, world));
  lastRun = run.catch(() => undefined);
  return run;
}

interface Run<T> {
  readonly result: T;
  readonly recording: Recording;
}

async function runOnce<T>(work: () => T | Promise<T>, world: World): Promise<Run<T>> {
  const recording = new Recording();
  const mocks: pulumi.runtime.Mocks = {
    newResource: async (args) => {
      await world.silentUntil;
      return newResource(args, world);
    },
    call: () => ({}),
  };
  await pulumi.runtime.setMocks(mocks, "fleet", "test", world.preview);
  listen(pulumi.runtime.getMonitor() as unknown as Monitor, recording);
  // The SDK takes a stack trace for every promise, and to map one back to TypeScript takes longer than all else here.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const result = await Promise.race([work(), recording.failedRead]);
    await pulumi.runtime.disconnect();
    return { result, recording };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The ids of the resources that one run has and the other lacks, or that have other inputs, sorted. */
export function changed(before: Recording, after: Recording): readonly string[] {
  const inputsOf = (recording: Recording) => new Map(recording.resources.map(({ id, inputs }) => [id, inputs]));
  const [a, b] = [inputsOf(before), inputsOf(after)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((id) => !isDeepStrictEqual(a.get(id), b.get(id))).sort();
}

/** The value of an output. Never resolves for one that is unknown. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => pulumi.output(output).apply((value) => resolve(value)));
}

/** The mock monitor hands its mocks no parent, no dependencies and no options: they are in the requests. */
function listen(monitor: Monitor, recording: Recording): void {
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) => {
    const secretOutputs = request.getAdditionalsecretoutputsList();
    const inputs = request.getObject();
    const { id } = idOf(request.getType(), request.getName());
    recording.resources.push({
      ...idOf(request.getType(), request.getName()),
      parent: idOfUrn(request.getParent()),
      inputs: inputs === undefined ? {} : (readSecrets(inputs.toJavaScript()) as Record<string, unknown>),
      dependencies: request.getDependenciesList().map(idOfUrn).sort(),
      additionalSecretOutputs: secretOutputs,
      createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
      read: "",
      importId: request.getImportid(),
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
      ignoreChanges: request.getIgnorechangesList(),
      provider: idOfUrn(request.getProvider()),
    });
    register(request, (error, response) => {
      const { metadata } = (response?.getObject()?.toJavaScript() ?? {}) as { metadata?: { name: string } };
      if (metadata !== undefined) recording.objectNames[id] = metadata.name;
      response?.setObject(hideOutputs(response.getObject(), secretOutputs));
      done(error, response);
    });
  };
  const read = monitor.readResource.bind(monitor);
  monitor.readResource = (request, done) => {
    const secretOutputs = request.getAdditionalsecretoutputsList();
    recording.resources.push({
      ...idOf(request.getType(), request.getName()),
      parent: idOfUrn(request.getParent()),
      inputs: {},
      dependencies: request.getDependenciesList().map(idOfUrn).sort(),
      additionalSecretOutputs: secretOutputs,
      createTimeout: "",
      read: request.getId(),
      importId: "",
      protect: false,
      retainOnDelete: false,
      ignoreChanges: [],
      provider: "",
    });
    read(request, (error, response) => {
      if (error !== null) return recording.failRead(idOf(request.getType(), request.getName()).id);
      response?.setProperties(hideOutputs(response.getProperties(), secretOutputs));
      done(error, response);
    });
  };
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, done) => {
    recording.outputs[idOfUrn(request.getUrn())] = readSecrets(request.getOutputs()?.toJavaScript());
    registerOutputs(request, done);
  };
}

/** The engine's part: outputs that the options name are secret. */
function hideOutputs(state: Struct | undefined, names: readonly string[]): Struct {
  const outputs = Object.entries(state?.toJavaScript() ?? {});
  return Struct.fromJavaScript(
    Object.fromEntries(
      outputs.map(([key, value]): [string, JavaScriptValue] => [key, names.includes(key) ? secretValue(value) : value]),
    ),
  );
}

function idOf(type: string, name: string): Pick<Recorded, "id" | "type" | "name"> {
  return { id: `${type.split(":").pop() ?? ""} ${name}`, type, name };
}

function idOfUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return urn === "" ? "" : idOf(types, name).id;
}
