import assert from "node:assert/strict";
import { secretsIn } from "../../../../commands/coverage";

const content = JSON.stringify({ auths: { "ghcr.io": { username: "bot", password: "marker" } } });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const secret = (rest: Record<string, unknown>) => ({
  kind: "Secret",
  metadata: { name: "s" },
  type: "kubernetes.io/dockerconfigjson",
  ...rest,
});
const configOf = (rest: Record<string, unknown>) => secretsIn([secret(rest)], "fleet")[0]?.config;

describe("secretsIn", () => {
  const entries = { kind: "entries", entries: [{ server: "ghcr.io", username: "bot" }] };

  it("reads data and stringData, and keeps no password", () => {
    assert.deepEqual(configOf({ data: { ".dockerconfigjson": base64(content) } }), entries);
    const older = { data: { ".dockerconfigjson": base64("{}") } };
    assert.deepEqual(configOf({ ...older, stringData: { ".dockerconfigjson": content } }), entries);
  });

  it("reads the older type", () => {
    const text = JSON.stringify({ "ghcr.io": { auth: base64("bot:marker") } });
    assert.deepEqual(configOf({ type: "kubernetes.io/dockercfg", data: { ".dockercfg": base64(text) } }), entries);
  });

  it("tells what the kubelet passes over from what it cannot read", () => {
    const opaque = { kind: "ignored", problem: "is not of type kubernetes.io/dockerconfigjson" };
    assert.deepEqual(configOf({ type: undefined, data: { ".dockerconfigjson": base64(content) } }), opaque);
    assert.deepEqual(configOf({ data: null }), { kind: "ignored", problem: "has no .dockerconfigjson" });
    assert.deepEqual(configOf({ data: { ".dockerconfigjson": base64("{") } }), {
      kind: "broken",
      problem: "cannot be read by the kubelet: its content is not JSON",
    });
  });

  it("keeps the namespace, and leaves all other objects out", () => {
    const others = [{ kind: "ConfigMap", metadata: { name: "s" } }, { kind: "Secret" }];
    assert.deepEqual(secretsIn([...others, secret({ metadata: { name: "s", namespace: "other" } })], "fleet"), [
      { namespace: "other", name: "s", config: { kind: "ignored", problem: "has no .dockerconfigjson" } },
    ]);
  });
});
