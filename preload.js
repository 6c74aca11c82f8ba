/*
 * Node loads this before the program (`nodeargs` in Pulumi.yaml): Pulumi's SDK without what this program never uses of it, which
 * is a quarter of the processor time of a preview, and tsx, which takes a tenth of the time of Pulumi's own TypeScript support.
 */
const Module = require("node:module");
const path = require("node:path");

// Node.js 22 and later keep here what the engine made of each file.
Module.enableCompileCache?.(path.join(module.path, "node_modules", ".cache", "node"));

const sdk = Module.createRequire(require.resolve("@pulumi/pulumi"));

/** Puts a module into Node's cache that loads the real one when a property of it is used. */
function loadWhenUsed(name) {
  const file = sdk.resolve(name);
  const real = () => {
    if (require.cache[file] === standIn) delete require.cache[file];
    return sdk(file);
  };
  const standIn = new Module(file);
  // Compiled imports ask for `__esModule`, and would copy all properties of a module that has none.
  standIn.exports = new Proxy({}, { get: (_, property) => property === "__esModule" || real()[property] });
  standIn.loaded = true;
  require.cache[file] = standIn;
}

// For functions that become resources: the compiler, and what finds the packages that a function needs.
loadWhenUsed("typescript");
loadWhenUsed("@npmcli/arborist");
// Each promise of the SDK keeps a stack trace, which this would translate into the SDK's own TypeScript; used by nobody by name.
loadWhenUsed("source-map-support/register");

// Before tsx: it is JavaScript already, and tsx would look at each of its files.
require("@pulumi/pulumi");
require("tsx/cjs");
process.setSourceMapsEnabled(false);
