import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as zlib from "node:zlib";
import { oldestChartVersion } from "../../../components/chart";
import * as pulumi from "@pulumi/pulumi";
import { configOf, messagesOf } from "../support/raw-config";
import { valueOf } from "../support/recording";
import { testMessages, type MessageCase } from "../support/message-cases";
import { revealed } from "../support/revealed";

const tooOld = (key: string) =>
  `fleet:${key} is chart version 6.5.0, which ignores imagePullSecrets without a word; ` +
  `use ${oldestChartVersion} or newer, for example 7.0.2`;

const noChart = (chart: string) =>
  `fleet:chart is not a Helm chart (${chart}); ` +
  "name a folder with a Chart.yaml or an archive (.tgz), relative to the project's folder";

const loginInAddress = (key: string) =>
  `fleet:${key} has a login in its address, which anyone can read; remove it, set a new one with ` +
  "pulumi config set --secret chartPassword, and its name with pulumi config set chartUsername";

/** What a chart is pulled with: both parts as anyone may read them who has the secrets. */
async function loginOf(stack: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { chartUsername: username, chartPassword: password } = configOf(stack).fleet;
  if (username === undefined) return undefined;
  const login = pulumi.output({ username, password });
  assert.equal(await pulumi.isSecret(login), true);
  return valueOf(login);
}

const registries = {
  registries: { "registry.example.com": { username: "puller" }, "registry.example.com/charts": { username: "charts" } },
  registryPasswords: { "registry.example.com": "one", "registry.example.com/charts": "two" },
};

describe("what a chart is pulled with", () => {
  it("is chartUsername and chartPassword, for a repository and for a registry", async () => {
    const own = { chartUsername: "bot", chartPassword: "x" };
    const login = { username: "bot", password: "x" };
    assert.deepEqual(await loginOf(own), login);
    const chart = "oci://registry.example.com/charts/fleet";
    assert.deepEqual(await loginOf({ ...own, ...registries, chart }), login);
    assert.deepEqual(revealed(configOf({ ...own, ...registries, chart }).chart), {
      reference: "registry.example.com/charts/fleet:7.0.2",
      login: { ...login, renewal: "set a new password with pulumi config set --secret chartPassword" },
    });
  });

  it("is the credential of registries that an image of that name would have, for a registry alone", async () => {
    const of = (chart: string) => loginOf({ ...registries, chart });
    assert.deepEqual(await of("oci://registry.example.com/charts/fleet"), { username: "charts", password: "two" });
    assert.deepEqual(await of("oci://registry.example.com/other/fleet"), { username: "puller", password: "one" });
    assert.equal(await of("oci://ghcr.io/charts/fleet"), undefined);
    assert.equal(await loginOf({ ...registries, chartRepository: "https://registry.example.com" }), undefined);
    assert.equal(await of("./test/fixtures/charts/fleet"), undefined);
  });

  it("is asked for under the tag that Helm makes of a version", () => {
    const config = configOf({ chart: "oci://ghcr.io/charts/fleet", chartVersion: "7.0.2+build.1" });
    assert.deepEqual(config.chart, { reference: "ghcr.io/charts/fleet:7.0.2_build.1" });
    assert.equal(configOf({}).chart, undefined);
  });
});

describe("a chart", () => {
  testMessages([
    ["too old", { chartVersion: "6.5.0" }, [tooOld("chartVersion")]],
    ["too old, by OCI", { chart: "oci://ghcr.io/fleet", chartVersion: "6.5.0" }, [tooOld("chartVersion")]],
    [
      "no exact version",
      { chartVersion: "^7" },
      ['fleet:chartVersion is ^7, which is no exact version; write one, for example "7.0.2"'],
    ],
    ["a folder that is not there", { chart: "./nowhere" }, [noChart("./nowhere")]],
    ["an archive that is not there", { chart: "nowhere.tgz" }, [noChart("nowhere.tgz")]],
    ["a folder without Chart.yaml", { chart: "./components" }, [noChart("./components")]],
    [
      "a folder that does not look like one",
      { chart: "components" },
      ["fleet:chart is a folder or file here too (components); write ./components for it, or move it away"],
    ],
    ...["https://user:marker@charts.example.com", "https://marker@charts.example.com"].map(
      (chartRepository): MessageCase => [
        `a login in a repository's address, ${chartRepository.length}`,
        { chartRepository },
        [loginInAddress("chartRepository")],
      ],
    ),
    [
      "an OCI registry as the repository",
      { chartRepository: "oci://registry.example.com:5000/charts/" },
      [
        "fleet:chartRepository is an OCI registry, which Helm knows only as a part of the chart; " +
          "pulumi config set chart oci://registry.example.com:5000/charts/fleet, and pulumi config rm chartRepository",
      ],
    ],
    ...["https://fleetdm.github.io/fleet/charts", "https://fleetdm.github.io/fleet/charts/fleet-7.0.2.tgz"].map(
      (chart): MessageCase => [
        `the web address ${chart}`,
        { chart },
        ["fleet:chart is a web address; name the chart alone, and its repository in fleet:chartRepository"],
      ],
    ),
    ...["oci://ghcr.io", "oci://registry.example.com:5000/"].map((chart): MessageCase => [
      `the registry ${chart} alone`,
      { chart },
      ["fleet:chart is a registry without a chart; write both, for example oci://registry.example.com/charts/fleet"],
    ]),
    [
      "a repository without a scheme",
      { chartRepository: "fleetdm.github.io/fleet/charts" },
      ["fleet:chartRepository has no scheme; write it as https://fleetdm.github.io/fleet/charts"],
    ],
    ["a login in a chart's address", { chart: "oci://u:marker@ghcr.io/charts/fleet" }, [loginInAddress("chart")]],
    [
      "an account without a password",
      { chartUsername: "bot" },
      ["fleet:chartPassword is not set, but chartUsername is; set it: pulumi config set --secret chartPassword"],
    ],
    [
      "a password without an account",
      { chartPassword: "x" },
      ["fleet:chartUsername is not set, but chartPassword is; set the name of that account"],
    ],
    [
      "a login for a chart on this machine",
      { chart: "./test/fixtures/charts/fleet", chartUsername: "bot", chartPassword: "x" },
      ["fleet:chartUsername is set, but chart is on this machine; remove it, or name a chart in a repository"],
    ],
    [
      "an OCI reference with a tag",
      { chart: "oci://ghcr.io:443/charts/fleet:7.0.2" },
      ["fleet:chart has a tag or digest; remove it: fleet:chartVersion is for that"],
    ],
  ]);

  it("a registry with a port is taken", () => {
    assert.deepEqual(messagesOf({ chart: "oci://registry.example.com:5000/charts/fleet" }), []);
  });

  it("the oldest version that works is taken", () => {
    assert.deepEqual(messagesOf({ chartVersion: oldestChartVersion }), []);
  });

  describe("in a folder or an archive", () => {
    let folder = "";
    const file = (...names: string[]) => path.join(folder, ...names);
    const write = (name: string, chartYaml: string) => {
      fs.mkdirSync(file(name, "templates"), { recursive: true });
      fs.writeFileSync(file(name, "Chart.yaml"), chartYaml);
      fs.writeFileSync(file(name, "templates", "Chart.yaml"), "version: 0.0.1\n");
      execFileSync("tar", ["-czf", file(`${name}.tgz`), "-C", folder, `${name}/templates`, `${name}/Chart.yaml`]);
    };

    before(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), "chart-test-"));
      write("good", "name: fleet\nversion: 7.0.2\n");
      write("old", "name: fleet\nversion: 6.5.0\n");
      write("unversioned", "name: fleet\n");
      fs.writeFileSync(file("broken.tgz"), "not an archive");
      fs.writeFileSync(file("cut.tgz"), fs.readFileSync(file("good.tgz")).subarray(0, 60));
    });
    after(() => fs.rmSync(folder, { recursive: true }));

    it("is read, and the version of the stack is not", () => {
      for (const chart of [file("good"), file("good.tgz"), `${file("good")}/`]) {
        assert.deepEqual(messagesOf({ chart, chartVersion: "any" }), []);
        const { fleet } = configOf({ chart });
        assert.deepEqual([fleet.chart, fleet.chartVersion], [chart, "7.0.2"]);
      }
    });

    it("is refused when it is too old, has no version or is none", () => {
      for (const chart of [file("old"), file("old.tgz")]) assert.deepEqual(messagesOf({ chart }), [tooOld("chart")]);
      for (const chart of [file("unversioned"), file("unversioned.tgz")]) {
        assert.deepEqual(messagesOf({ chart }), [
          `fleet:chart has no version in its Chart.yaml (${chart}); name the folder or archive of a Helm chart`,
        ]);
      }
      for (const chart of [file("broken.tgz"), file("cut.tgz"), folder]) {
        assert.deepEqual(messagesOf({ chart }), [noChart(chart)]);
      }
    });

    describe("that was made to do harm", () => {
      /** A header with a name and whatever size, without content. */
      const header = (name: string, size: string) => {
        const block = Buffer.alloc(512);
        block.write(name, 0);
        block.write(size, 124);
        return block;
      };
      const chartYaml = Buffer.alloc(512);
      chartYaml.write("version: 7.0.2\n");
      const chart = Buffer.concat([header("fleet/Chart.yaml", "17"), chartYaml]); // 15 bytes in octal
      const archives: Readonly<Record<string, () => Buffer>> = {
        "a negative size, which would lead back for ever": () => Buffer.concat([header("a", "-1000"), chart]),
        "a negative size that leads back to its own header": () =>
          Buffer.concat([header("b", "0"), header("a", "-1000")]),
        "a size that is no octal number": () => Buffer.concat([header("a", "9"), chart]),
        "a size with something behind it": () => Buffer.concat([header("a", "0 -2000"), chart]),
        "more than Helm unpacks": () => Buffer.alloc(101 * 1024 * 1024),
      };
      for (const [name, bytesOf] of Object.entries(archives)) {
        it(`is refused at once: ${name}`, () => {
          fs.writeFileSync(file("harm.tgz"), zlib.gzipSync(bytesOf(), { level: 1 }));
          const start = performance.now();
          assert.deepEqual(messagesOf({ chart: file("harm.tgz") }), [noChart(file("harm.tgz"))]);
          assert.ok(performance.now() - start < 3000);
        });
      }

      it("is refused when it is no file at all", () => {
        fs.symlinkSync("/dev/zero", file("endless.tgz"));
        assert.deepEqual(messagesOf({ chart: file("endless.tgz") }), [noChart(file("endless.tgz"))]);
      });

      it("and what is as large as Helm takes is read", () => {
        const entry = Buffer.concat([
          header("fleet/large", (90 * 1024 * 1024).toString(8)),
          Buffer.alloc(90 * 1024 * 1024),
        ]);
        fs.writeFileSync(file("large.tgz"), zlib.gzipSync(Buffer.concat([entry, chart]), { level: 1 }));
        assert.deepEqual(messagesOf({ chart: file("large.tgz") }), []);
      });
    });
  });
});
