// Pulumi would compile a pack's TypeScript with a type check, which takes seconds at every run; tsx checks no types. The
// SDK is loaded before it: it is JavaScript already, and tsx would look at each of its files.
require("@pulumi/policy");
require("tsx/cjs");
require("./pack.ts");
