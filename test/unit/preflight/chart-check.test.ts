import assert from "node:assert/strict";
import type { ChartSource } from "../../../components/chart";
import { checkChart, type ChartCheckOptions } from "../../../preflight/chart-check";
import { userError } from "../../../components/user-error";
import { testCertificate, type FakeRegistry, type Reply, type Script } from "../../support/fake-registry";
import { bearerRegistry, closeAll, errorReply, jwt, manifest, serve, tokenReply } from "../registry/client/probing";

const item = (name: string, version: string) => `  - apiVersion: v2\n    name: ${name}\n    version: ${version}\n`;
const versions = ["v7.0.2", "7.0.1", "7.0.0", "6.9.0", "6.8.0", "7.1.0-rc.1", "6.7.0"];
const index =
  `apiVersion: v1\nentries:\n  addon:\n${item("addon", "7.0.99")}` +
  `  fleet:\n${versions.map((version) => item("fleet", version)).join("")}generated: now\n`;

const caCertificate = testCertificate().ca;

const sentences = async (chart: ChartSource, options: ChartCheckOptions = {}) =>
  userError(await checkChart(chart, { caCertificate, ...options })).message;

describe("checkChart", () => {
  afterEach(closeAll);

  describe("of a chart repository", () => {
    const at = ({ origin }: FakeRegistry, version: string, name = "fleet"): ChartSource => ({
      kind: "repository",
      name,
      repository: `${origin}/charts/`,
      version,
    });
    const answering = (reply: Reply | undefined, options?: Parameters<typeof serve>[1]) => serve(() => reply, options);
    const ok = (body: string): Reply => ({ status: 200, headers: { "content-type": "text/yaml" }, body });

    it("takes each version that the index has, with and without a v and a build", async () => {
      const server = await answering(ok(index));
      for (const version of ["7.0.2", "v7.0.2", "7.0.2+build", "7.0.1", "7.1.0-rc.1", "6.7.0"]) {
        assert.equal(await sentences(at(server, version)), "", version);
      }
      assert.deepEqual([...new Set(server.lines)], ["GET /charts/index.yaml"]);
    });

    it("refuses another version, with the newest that there are", async () => {
      const server = await answering(ok(index));
      assert.equal(
        await sentences(at(server, "7.0.99")),
        `chartVersion is 7.0.99, which is not in ${server.origin}/charts/; ` +
          "use one that is: 7.1.0-rc.1, 7.0.2, 7.0.1, 7.0.0, 6.9.0, …",
      );
      assert.match(await sentences(at(server, "7.1.0")), /^chartVersion is 7\.1\.0, /);
    });

    it("refuses another chart, with the one that was meant or those that there are", async () => {
      const server = await answering(ok(index));
      const place = `${server.origin}/charts/`;
      assert.equal(
        await sentences(at(server, "7.0.2", "flet")),
        `chart is flet, which is not in ${place}; use one that is: fleet`,
      );
      assert.equal(
        await sentences(at(server, "7.0.2", "osquery")),
        `chart is osquery, which is not in ${place}; use one that is: addon, fleet`,
      );
      const empty = await answering(ok("entries: {}\n"));
      assert.equal(
        await sentences(at(empty, "7.0.2")),
        `chart is fleet, which is not in ${empty.origin}/charts/; correct it, or the repository`,
      );
    });

    it("refuses a repository without an index", async () => {
      for (const tls of [undefined, "none"] as const) {
        const server = await answering({ status: 404 }, tls && { tls });
        assert.equal(
          await sentences(at(server, "7.0.2")),
          `chartRepository is ${server.origin}/charts/, which has no index.yaml (404); ` +
            "write the address that `helm repo add` takes",
        );
      }
    });

    it("leaves everything that is no clear answer to Helm", async () => {
      const unclear: Reply[] = [
        ...[401, 403, 407, 429, 500, 503].map((status) => ({ status })),
        { status: 302, headers: { location: "http://example.test/index.yaml" } },
        ok("<html></html>"),
        ok(index.replace("fleet:", "fleet: &anchor")),
        ok(`${"#".repeat(16 * 1024 * 1024)}\n${index}`),
      ];
      for (const reply of unclear) assert.equal(await sentences(at(await answering(reply), "7.0.99")), "");
    });

    it("is silent about one that does not answer in time, and soon", async () => {
      const silent: Script[] = [
        () => undefined,
        (_request, _socket, response) => {
          response.writeHead(200).write(index);
          return "written";
        },
        (_request, socket) => {
          socket.destroy();
          return "written";
        },
      ];
      for (const script of silent) {
        const server = await serve(script);
        const start = performance.now();
        assert.equal(await sentences(at(server, "7.0.99"), { timeoutMs: 400 }), "");
        assert.ok(performance.now() - start < 1_500, `${performance.now() - start} ms`);
      }
      const nobody = {
        kind: "repository",
        name: "fleet",
        repository: "https://127.0.0.1:1",
        version: "7.0.99",
      } as const;
      assert.equal(await sentences(nobody), "");
    });

    it("does not ask where the answer or the address might be for others", async () => {
      const server = await answering({ status: 404 }, { tls: "none" });
      const { host } = server;
      const addresses = [
        `http://user:secret@${host}/charts`,
        `http://${host}/charts?token=secret`,
        `http://example.test:${server.port}/charts`,
        `oci://${host}/charts`,
        "file:///charts",
        "charts",
      ];
      for (const repository of addresses) {
        const chart = { kind: "repository", name: "fleet", repository, version: "7.0.99" } as const;
        assert.equal(await sentences(chart), "", repository);
      }
      assert.equal(await sentences({ kind: "repository", name: "repo/fleet", version: "7.0.99" }), "");
      assert.equal(await sentences({ kind: "local", path: "./chart" }), "");
      assert.deepEqual(server.lines, []);
    });

    it("wants the authority of a private certificate, and is silent without", async () => {
      const server = await answering({ status: 404 });
      assert.deepEqual(await checkChart(at(server, "7.0.2")), []);
    });
  });

  describe("of an OCI registry", () => {
    const oci = ({ host }: FakeRegistry, version: string): ChartSource => ({
      kind: "oci",
      reference: `oci://${host}/charts/fleet`,
      version,
    });
    /** What a repository that all may read answers. */
    const repository = (url: string): Reply => {
      if (url === "/v2/") return { status: 200, body: "{}" };
      if (url === "/v2/charts/fleet/tags/list") {
        return { status: 200, body: JSON.stringify({ name: "charts/fleet", tags: ["7.0.1", "7.0.2", "7.1.0_b1"] }) };
      }
      if (/^\/v2\/charts\/fleet\/manifests\/7\.(0\.[12]|1\.0_b1)$/.test(url)) return manifest;
      return errorReply(404, url.startsWith("/v2/charts/fleet/") ? "MANIFEST_UNKNOWN" : "NAME_UNKNOWN", "unknown");
    };
    const withTokens = (reply: (url: string) => Reply) => bearerRegistry(() => tokenReply(jwt({ sub: "" })), reply);

    for (const [what, script] of [
      ["without a login", ({ url }: { url: string }) => repository(url)],
      ["with a token service", withTokens(repository)],
    ] as const satisfies readonly (readonly [string, Script])[]) {
      it(`that answers ${what} has the version or not`, async () => {
        const server = await serve(script);
        for (const version of ["7.0.2", "7.1.0+b1"]) assert.equal(await sentences(oci(server, version)), "");
        assert.ok(!server.lines.some((line) => line.includes("tags/list")));
        assert.equal(
          await sentences(oci(server, "7.0.99")),
          `chartVersion is 7.0.99, which is not in oci://${server.host}/charts/fleet; use one that is: 7.1.0, 7.0.2, 7.0.1`,
        );
      });
    }

    it("that is open has no such chart", async () => {
      const server = await serve(({ url }) =>
        url === "/v2/" ? { status: 200, body: "{}" } : errorReply(404, "NAME_UNKNOWN", "no"),
      );
      assert.equal(
        await sentences(oci(server, "7.0.2")),
        `chart is oci://${server.host}/charts/fleet, which the registry does not have; correct it`,
      );
    });

    it("that may show more to a login is left to Helm", async () => {
      const hides = (status: number) => withTokens(() => errorReply(status, "NAME_UNKNOWN", "no"));
      const scripts: Script[] = [
        hides(404),
        hides(403),
        () => ({ status: 401, headers: { "www-authenticate": 'Basic realm="test"' } }),
        ({ url }) => (url === "/v2/" ? { status: 200, body: "{}" } : { status: 401 }),
        () => ({ status: 404 }),
        () => ({ status: 500 }),
        () => undefined,
      ];
      for (const script of scripts) {
        assert.equal(await sentences(oci(await serve(script), "7.0.99"), { timeoutMs: 500 }), "");
      }
    });

    it("is not asked for what is no reference", async () => {
      for (const reference of ["oci://charts", "oci://registry/charts/fleet", "oci://user:secret@localhost/fleet"]) {
        assert.equal(await sentences({ kind: "oci", reference, version: "7.0.99" }), "");
      }
    });
  });
});
