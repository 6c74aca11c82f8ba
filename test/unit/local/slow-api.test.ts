import * as assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { apiIsReady, ensureObject } from "../../../local/cluster/api";
import { ensurePki, pkiFile } from "../../../local/cluster/pki";
import { placesOf } from "../../../local/cluster/places";
import { serversAt } from "../../../local/cluster/servers";

describe("an API server that takes 3 s for an answer", function () {
  this.timeout(20_000);
  const address = "127.0.0.1";
  const places = placesOf(mkdtempSync(path.join(os.tmpdir(), "slow-api-")));
  let server: https.Server;
  const servers = () => ({ ...serversAt(address), api: (server.address() as AddressInfo).port });

  before(async () => {
    await ensurePki(places, address);
    const read = (name: string) => readFileSync(pkiFile(places, name));
    const pair = { cert: read("kube-apiserver.crt"), key: read("kube-apiserver.key") };
    server = https.createServer(pair, (asked, answer) => {
      const status = asked.method === "POST" ? 201 : 200;
      void sleep(3_000).then(() => answer.writeHead(status).end("{}"));
    });
    await once(server.listen(0, address), "listening");
  });

  after(() => {
    server.close();
    rmSync(places.state, { recursive: true });
  });

  it("is not ready, and is still given what it lacks", async () => {
    const [isReady] = await Promise.all([
      apiIsReady(places, servers()),
      ensureObject(places, servers(), "/apis/storage.k8s.io/v1/storageclasses", {}),
    ]);
    assert.equal(isReady, false);
  });
});
