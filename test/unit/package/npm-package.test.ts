import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { checkout } from "../../../local/support/paths";

const run = promisify(execFile);

const program = `
import * as pulumi from "@pulumi/pulumi";
import { ImagePullSecrets, UserError } from "fleet-private-registry";
import { checkFleet } from "fleet-private-registry/preflight";
import schema = require("fleet-private-registry/schema.json");

const args = { namespace: "team", registries: { "ghcr.io": { username: "puller" } } };
export const main = async () => {
  const made = new ImagePullSecrets("team", { ...args, passwords: { "ghcr.io": pulumi.secret("marker") } });
  const names: pulumi.Output<Record<string, string>> = made.names;
  // @ts-expect-error: the types are there, and say no
  const refused = () => new ImagePullSecrets("team", { ...args, passwords: 7 });
  names.apply((byServer) => console.log(JSON.stringify([Object.keys(byServer), typeof refused, new UserError("x").message, typeof checkFleet, schema.name])));
};
pulumi.runtime
  .setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) })
  .then(main);
`;

/** Pulumi's own template for TypeScript, and what newer programs are set to. */
const settings = {
  node10: { module: "commonjs", moduleResolution: "node10" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
};

describe("the npm package", function () {
  this.timeout("5m"); // two compilers, on a busy machine
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "package-"));
  const modules = path.join(folder, "node_modules");
  let files: readonly string[];
  const manifest = JSON.parse(fs.readFileSync(path.join(checkout, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly scripts: Readonly<Record<string, string>>;
  };

  before(async () => {
    // Of a source that has gone since the last package was made.
    fs.mkdirSync(path.join(checkout, "dist/registry"), { recursive: true });
    fs.writeFileSync(path.join(checkout, "dist/registry/gone.js"), "");
    const args = ["pack", "--ignore-scripts=false", "--json", "--pack-destination", folder];
    const { stdout } = await run("npm", args, { cwd: checkout });
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [
      { readonly filename: string; readonly files: readonly { readonly path: string }[] },
    ];
    files = packed.files.map((file) => file.path);
    const place = path.join(modules, "fleet-private-registry");
    fs.mkdirSync(place, { recursive: true });
    await run("tar", ["-xzf", path.join(folder, packed.filename), "-C", place, "--strip-components=1"]);
    // What npm would install with it, and no more.
    for (const name of [...Object.keys(manifest.dependencies), "@types/node"]) {
      fs.mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
      fs.symlinkSync(path.join(checkout, "node_modules", name), path.join(modules, name));
    }
    fs.writeFileSync(path.join(folder, "index.ts"), program);
  });

  after(() => fs.rmSync(folder, { recursive: true }));

  it("holds the library, its types and what goes with them, and no source, test or stack", () => {
    const places = [...new Set(files.map((file) => file.replace(/^(dist\/\w+)\/.*/, "$1")))].sort();
    assert.deepEqual(places, [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "components/add-deadline.js",
      "components/add-drain.js",
      "components/post-render.js",
      "dist/components",
      "dist/config",
      "dist/preflight",
      "dist/registry",
      "package.json",
      "plugin/schema.json",
    ]);
    assert.deepEqual(
      files.filter((file) => file.startsWith("dist/") && !/\.(js|d\.ts)$/.test(file)),
      [],
    );
    const sourceOf = (file: string) => file.replace(/^dist\/(.*?)(\.d)?\.(js|ts)$/, "$1.ts");
    assert.deepEqual(
      files.filter((file) => file.startsWith("dist/") && !fs.existsSync(path.join(checkout, sourceOf(file)))),
      [],
    );
  });

  it("runs nothing when it is installed", () => {
    assert.deepEqual(Object.keys(manifest.scripts), ["prepack"]);
  });

  for (const name of ["add-drain", "add-deadline"]) {
    it(`has the post-renderer ${name}, which Helm can start`, async () => {
      const resolve = `process.stdout.write(require.resolve("fleet-private-registry/${name}.js"))`;
      const { stdout: file } = await run(process.execPath, ["-e", resolve], { cwd: folder });
      const rendering = run(file, { cwd: os.tmpdir() });
      rendering.child.stdin?.end("kind: ConfigMap\n");
      assert.equal((await rendering).stdout, "kind: ConfigMap\n");
    });
  }

  for (const [name, options] of Object.entries(settings)) {
    it(`serves an empty TypeScript program with the module resolution ${name}`, async () => {
      const compilerOptions = {
        target: "es2022",
        strict: true,
        skipLibCheck: true,
        outDir: name,
        types: ["node"],
        resolveJsonModule: true,
        ...options,
      };
      fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
      await run(process.execPath, [path.join(checkout, "node_modules/typescript/bin/tsc")], { cwd: folder }).catch(
        ({ stdout }: { stdout: string }) => assert.fail(stdout),
      );
      const { stdout } = await run(process.execPath, [path.join(folder, name, "index.js")], { cwd: folder });
      assert.equal(stdout, '[["ghcr.io"],"function","x","function","fleet"]\n');
    });
  }
});
