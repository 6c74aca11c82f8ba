import { hasUnknown, isObject, type Json, type JsonObject } from "./property-values";
import { canonicalQuantity } from "./quantity";

// The official provider reads inputs into Kubernetes' Go types and prints them again, so that what the API server would
// drop or rewrite makes no difference. These tables say the same for the fields of the kinds served here.

/** Maps with keys of the user's own: their values are taken as they are. */
const ownKeys = new Set(["annotations", "labels", "matchLabels", "nodeSelector", "data", "binaryData", "stringData"]);
const quantities = new Set(["limits", "requests", "capacity"]);
const droppedMaps = new Set([...ownKeys, ...quantities]);
const droppedFalse = new Set(
  "hostNetwork hostPID hostIPC stdin stdinOnce tty readOnly publishNotReadyAddresses".split(" "),
);
const droppedZero = new Set(
  "initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold minReadySeconds hostPort nodePort healthCheckNodePort".split(
    " ",
  ),
);
const droppedText = new Set(
  (
    "value image imagePullPolicy restartPolicy dnsPolicy serviceAccountName serviceAccount nodeName hostname subdomain " +
    "schedulerName priorityClassName workingDir terminationMessagePath terminationMessagePolicy subPath subPathExpr " +
    "medium clusterIP externalName protocol podManagementPolicy sessionAffinity type host scheme namespace"
  ).split(" "),
);

function isDropped(key: string, value: Json): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return droppedMaps.has(key) && Object.keys(value).length === 0;
  if (value === false) return droppedFalse.has(key);
  if (value === 0) return droppedZero.has(key);
  return value === "" && droppedText.has(key);
}

function typed(key: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => typed("", item));
  if (!isObject(value)) return value;
  const isOwn = ownKeys.has(key) || (key === "selector" && Object.values(value).every((v) => typeof v === "string"));
  if (isOwn) return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, text ?? ""]));
  if (quantities.has(key)) {
    return Object.fromEntries(Object.entries(value).map(([name, amount]) => [name, canonicalQuantity(amount)]));
  }
  const kept = Object.entries(value).filter(([name, item]) => !isDropped(name, item));
  return Object.fromEntries(
    kept.map(([name, item]) => [name, name === "sizeLimit" ? canonicalQuantity(item) : typed(name, item)]),
  );
}

/** Base64 as the API server gives it back: without line breaks. What is no base64 is left for the server to refuse. */
function canonicalBase64(value: Json): Json {
  if (typeof value !== "string") return value;
  const bare = value.replace(/[\r\n]/g, "");
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(bare) ? bare : value;
}

/** `stringData` is how a Secret is written, `data` how it is kept: the one is folded into the other. */
function foldStringData(secret: JsonObject): JsonObject {
  const { stringData, ...others } = secret;
  const data = isObject(secret.data) ? secret.data : {};
  if (isObject(stringData) && Object.keys(stringData).length > 0) {
    const added = Object.entries(stringData).map(([key, value]) => [
      key,
      typeof value === "string" ? Buffer.from(value).toString("base64") : value,
    ]);
    return { ...others, data: { ...data, ...(Object.fromEntries(added) as JsonObject) } };
  }
  if (Object.keys(data).length === 0) return secret;
  return {
    ...secret,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, canonicalBase64(value)])),
  };
}

const setByServer = ["creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation"];
const readOnlyMetadata = new Set([...setByServer, "managedFields", "resourceVersion", "uid"]);

/** Inputs without what makes no difference to the API server. With an unknown part they are left as they are. */
export function normalize(inputs: JsonObject): JsonObject {
  let result = inputs;
  if (!hasUnknown(inputs)) {
    const plain = inputs.kind === "Secret" ? foldStringData(inputs) : typed("", inputs);
    result = isObject(plain) ? plain : inputs;
  }
  if (!isObject(result.metadata)) return result;
  const metadata = Object.entries(result.metadata).filter(([key]) => !readOnlyMetadata.has(key));
  return { ...result, metadata: Object.fromEntries(metadata) };
}
