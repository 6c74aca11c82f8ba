import { deepEqual, equal, ok } from "node:assert/strict";
import { probeRegistries } from "../../../components/registry/probe";
import { makeCertificate } from "../../support/fake-registry";
import { ConnectProxy } from "./connect-proxy";
import { ask, askOne, basicRegistry, closeAll, login, manifest, markerToken, serve, tokenReply } from "./probing";

const proxyPassword = "proxy-passw0rd";

describe("a proxy from the environment", () => {
  let proxy: ConnectProxy | undefined;
  afterEach(async () => {
    await proxy?.close();
    await closeAll();
  });

  it("is used for every host but this machine, with its login", async () => {
    const server = await serve(basicRegistry(() => manifest));
    proxy = await ConnectProxy.start(server);
    const images = [
      "registry.example.test/team/fleet:v1",
      "other.example.test:5000/team/fleet:v1",
      `${server.host}/team/fleet:v1`,
    ];
    const results = await ask(images.map((image) => ({ image, login })));
    deepEqual(
      results.map(({ verdict }) => verdict.kind),
      ["accepted", "accepted", "accepted"],
    );
    deepEqual([...new Set(proxy.targets)].sort(), ["other.example.test:5000", "registry.example.test:443"]);
    const basic = `Basic ${Buffer.from(`proxy-user:${proxyPassword}`).toString("base64")}`;
    deepEqual([...new Set(proxy.authorizations)], [basic]);
  });

  it("is not used for the hosts of NO_PROXY", async () => {
    const server = await serve(() => manifest);
    proxy = await ConnectProxy.start(server, "example.com,.invalid");
    const { verdict } = await askOne("registry.invalid/a/b:c");
    ok(verdict.kind === "unreachable" && verdict.reason === "DNS");
    deepEqual(proxy.targets, []);
  });

  it("that refuses, is down or is none says so, without its password", async () => {
    const expectProxy = async (detail: string) => {
      const [result] = await ask([{ image: "registry.example.test/a/b:c", login }]);
      deepEqual(result?.verdict, { kind: "unreachable", host: "registry.example.test", reason: "proxy", detail });
    };
    proxy = await ConnectProxy.start({ status: 407 });
    await expectProxy("the proxy answers 407");
    const address = process.env.HTTPS_PROXY;
    await proxy.close();
    proxy = await ConnectProxy.start({ status: 407 });
    process.env.HTTPS_PROXY = address;
    await expectProxy("the proxy refuses the connection");
    process.env.HTTPS_PROXY = `http://u:${proxyPassword}@proxy.invalid:3128`;
    const [result] = await ask([{ image: "registry.example.test/a/b:c" }]);
    ok(result?.verdict.kind === "unreachable" && result.verdict.reason === "proxy");
    ok(!JSON.stringify(result).includes(proxyPassword));
    for (const wrong of [`u:${proxyPassword}@proxy.test:3128`, `ftp://u:${proxyPassword}@proxy.test`, "http://"]) {
      process.env.HTTPS_PROXY = wrong;
      await expectProxy("the environment variable for the proxy holds no http:// or https:// address");
    }
  });

  it("does not keep this machine's registries from being asked when it is none", async () => {
    const server = await serve(() => manifest);
    proxy = await ConnectProxy.start(server);
    process.env.HTTPS_PROXY = "no proxy";
    equal((await askOne(`${server.host}/a/b:c`)).verdict.kind, "accepted");
  });

  it("plain HTTP is spoken with no other machine", async () => {
    const server = await serve(() => manifest, { tls: "none" });
    proxy = await ConnectProxy.start(server);
    const { verdict } = await askOne("registry.example.test:80/a/b:c");
    const detail = "it does not speak TLS";
    deepEqual(verdict, { kind: "unreachable", host: "registry.example.test:80", reason: "TLS", detail });
    deepEqual(server.lines, []);
  });
});

describe("Docker Hub", () => {
  const hub = makeCertificate(["DNS:registry-1.docker.io", "DNS:auth.docker.io"]);
  let proxy: ConnectProxy | undefined;
  afterEach(async () => {
    await proxy?.close();
    await closeAll();
  });

  const challenge = { "www-authenticate": 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"' };

  it("is asked where it answers, and never for more than the head of a manifest", async () => {
    const server = await serve(
      ({ url, headers: { authorization } }) =>
        url.startsWith("/token")
          ? tokenReply(markerToken)
          : authorization === `Bearer ${markerToken}`
            ? url.startsWith("/v2/library/")
              ? manifest
              : { status: 404 }
            : { status: 401, headers: challenge },
      { tls: hub },
    );
    proxy = await ConnectProxy.start(server);
    const images = ["mysql:8", "docker.io/fleetdm/fleet:none"].map((image) => ({ image, login }));
    const results = await probeRegistries(images, { caCertificate: hub.ca });
    deepEqual(
      results.map(({ image, registry, verdict }) => [image, registry, verdict.kind]),
      [
        ["mysql:8", "docker.io", "accepted"],
        ["docker.io/fleetdm/fleet:none", "docker.io", "no-such-image"],
      ],
    );
    deepEqual([...new Set(proxy.targets)].sort(), ["auth.docker.io:443", "registry-1.docker.io:443"]);
    const token = (repository: string) =>
      `GET /token?service=registry.docker.io&scope=${encodeURIComponent(`repository:${repository}:pull`)}`;
    deepEqual([...server.lines].sort(), [
      token("fleetdm/fleet"),
      token("library/mysql"),
      "GET /v2/",
      "HEAD /v2/fleetdm/fleet/manifests/none",
      "HEAD /v2/library/mysql/manifests/8",
    ]);
  });
});
