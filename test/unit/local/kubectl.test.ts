import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runKubectl, tryKubectl } from "../../../local/session";

describe("kubectl of a session", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubectl-"));
  after(() => fs.rmSync(folder, { recursive: true }));

  it("goes past the proxy of the user's shell, as Pulumi does", async () => {
    const kubectl = path.join(folder, "kubectl");
    fs.writeFileSync(kubectl, '#!/bin/sh\necho "$NO_PROXY $FROM_TOOLS $*"\n', { mode: 0o755 });
    const session = {
      cluster: { kubeconfig: "/kubeconfig", context: "local" },
      tools: { kubectl, env: { FROM_TOOLS: "tools" } },
      env: { NO_PROXY: "10.200.0.2" },
    };
    const expected = "10.200.0.2 tools --kubeconfig /kubeconfig --context local get pods\n";
    assert.equal(await runKubectl(session as never, ["get", "pods"]), expected);
    assert.equal((await tryKubectl(session as never, ["get", "pods"])).stdout, expected);
  });
});
