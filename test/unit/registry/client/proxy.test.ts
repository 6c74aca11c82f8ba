import { deepEqual, equal, ok } from "node:assert/strict";
import { probeRegistries } from "../../../../registry/client/probe";
import { isExcepted, proxySettings } from "../../../../registry/client/proxy";
import { makeCertificate } from "../../../support/fake-registry";
import { ConnectProxy } from "./connect-proxy";
import {
  ask,
  askOne,
  basicRegistry,
  closeAll,
  login,
  manifest,
  markerToken,
  serve,
  tokenReply,
  targetOf,
} from "./probing";

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

  it("is not used for the subnets of NO_PROXY", async () => {
    proxy = await ConnectProxy.start({ status: 407 }, "192.0.2.0/24");
    // Addresses of no machine (RFC 5737): what is asked directly is never answered.
    const images = ["192.0.2.7/a/b:c", "198.51.100.7/a/b:c"].map((image) => ({ image, login }));
    const verdicts = (await ask(images, { timeoutMs: 500 })).map(({ verdict }) => verdict);
    ok(verdicts[0]?.kind === "unreachable" && verdicts[0].reason !== "proxy");
    ok(verdicts[1]?.kind === "unreachable" && verdicts[1].reason === "proxy");
    deepEqual([...new Set(proxy.targets)], ["198.51.100.7:443"]);
  });

  it("is not HTTP_PROXY, which is for plain HTTP", async () => {
    proxy = await ConnectProxy.start(await serve(() => manifest));
    process.env.HTTP_PROXY = process.env.HTTPS_PROXY;
    delete process.env.HTTPS_PROXY;
    const { verdict } = await askOne("registry.invalid/a/b:c");
    ok(verdict.kind === "unreachable" && verdict.reason === "DNS");
    deepEqual(proxy.targets, []);
  });

  it("may be written without a scheme", async () => {
    const server = await serve(() => manifest);
    proxy = await ConnectProxy.start(server);
    process.env.HTTPS_PROXY = process.env.HTTPS_PROXY?.replace("http://", "");
    equal((await askOne("registry.example.test/a/b:c")).verdict.kind, "accepted");
    deepEqual([...new Set(proxy.targets)], ["registry.example.test:443"]);
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
    for (const wrong of [`u:${proxyPassword}@proxy test`, `ftp://u:${proxyPassword}@proxy.test`, "http://"]) {
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

describe("what the environment says of proxies", () => {
  it("is read as Go reads it", () => {
    deepEqual(proxySettings({ HTTP_PROXY: "http://a:1", http_proxy: "http://a:1" }), { exceptions: "" });
    deepEqual(proxySettings({ https_proxy: "http://b:2", no_proxy: "a.test" }), {
      url: "http://b:2",
      exceptions: "a.test",
    });
    const both = { HTTPS_PROXY: "https://c:3", https_proxy: "http://b:2", NO_PROXY: "", no_proxy: "a.test" };
    deepEqual(proxySettings(both), { url: "https://c:3", exceptions: "a.test" });
    deepEqual(proxySettings({ HTTPS_PROXY: "proxy.example.com:3128" }).url, "http://proxy.example.com:3128");
  });

  const hosts = [
    "registry.example.com",
    "registry.example.com:5000",
    "example.com",
    "notexample.com",
    "10.1.2.3",
    "10.1.2.3:5000",
    "[2001:db8::7]",
    "[2001:db8::7]:5000",
  ];
  const cases: readonly (readonly [exceptions: string, ...named: readonly string[]])[] = [
    [""],
    ["*", ...hosts],
    ["other.test, *", ...hosts],
    ["example.com", "registry.example.com", "registry.example.com:5000", "example.com"],
    ["Example.COM:5000", "registry.example.com:5000"],
    [".example.com", "registry.example.com", "registry.example.com:5000"],
    ["*.example.com:443", "registry.example.com"],
    ["10.1.2.3", "10.1.2.3", "10.1.2.3:5000"],
    ["10.1.2.3:443", "10.1.2.3"],
    ["localhost,10.0.0.0/8", "10.1.2.3", "10.1.2.3:5000"],
    ["10.1.2.0/30,10.1.2.4/30", "10.1.2.3", "10.1.2.3:5000"],
    ["10.2.0.0/16"],
    ["0.0.0.0/0", "10.1.2.3", "10.1.2.3:5000"],
    ["10.0.0.0/33,10.0.0/8,2001:db8::/129,/8,:443,."],
    ["2001:DB8:0::7", "[2001:db8::7]", "[2001:db8::7]:5000"],
    ["[2001:db8::7]:5000", "[2001:db8::7]:5000"],
    ["2001:db8::/32", "[2001:db8::7]", "[2001:db8::7]:5000"],
    ["2001:db9::/32"],
  ];
  for (const [exceptions, ...named] of cases) {
    it(`asks ${named.length} of these hosts directly with NO_PROXY=${exceptions}`, () => {
      deepEqual(
        hosts.filter((host) => isExcepted(new URL(`https://${host}/v2/`), exceptions)),
        named,
      );
    });
  }
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
    const images = ["mysql:8", "docker.io/fleetdm/fleet:none"].map((image) => targetOf({ image, login }));
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
      // Each without the token, then with it.
      ...Array<string>(2).fill("HEAD /v2/fleetdm/fleet/manifests/none"),
      ...Array<string>(2).fill("HEAD /v2/library/mysql/manifests/8"),
    ]);
  });
});
