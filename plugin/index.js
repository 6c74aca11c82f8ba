/*
 * What Pulumi starts to offer the components to programs of every language. It has a folder of its own: with PulumiPlugin.yaml beside
 * Pulumi.yaml, `pulumi install` would take the stack program for the plugin, and `pulumi package` would take neither.
 *
 * The schema is a file. The SDK's own `componentProviderHost` would make it anew for the first component of every preview, from
 * all sources, which takes 7 s and 360 MB; and Pulumi's own compiler goes by the settings of the program that uses the plugin, which
 * is why tsx is loaded over it.
 */
const { main } = require("@pulumi/pulumi/provider");
// After the SDK, as in preload.js.
require("tsx/cjs");
const { ComponentProvider } = require("../components/component-provider");

module.exports = () => main(new ComponentProvider(require("./schema.json")), process.argv.slice(2));
