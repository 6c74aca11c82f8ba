#!/usr/bin/env node

/*
 * A post-renderer of Helm: manifests come in on standard input and go out on standard output, and Fleet's container has a
 * `preStop` then, with which it serves on for five seconds after it was told to stop.
 *
 * Fleet closes its port at once when it is told to stop (fleetdm/fleet `cmd/fleet/serve.go`), while nodes go on sending it
 * connections until kube-proxy leaves it out, which takes up to a second by default. The chart has no value for this. The
 * `sleep` of a `preStop` needs Kubernetes 1.30 (KEP-3960).
 */
const { parseAllDocuments } = require("yaml");

const drain = { preStop: { sleep: { seconds: 5 } } };

/** Gives Fleet's own container a preStop; one that the chart has is left alone. Everything else stays as it is. */
function addDrain(document) {
  if (document.get("kind") !== "Deployment" || document.getIn(["metadata", "name"]) !== "fleet") return;
  const containers = document.getIn(["spec", "template", "spec", "containers"]);
  for (const container of containers?.items ?? []) {
    if (container.get("name") === "fleet" && !container.has("lifecycle")) {
      container.set("lifecycle", document.createNode(drain));
    }
  }
}

let manifests = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => (manifests += text));
process.stdin.on("end", () => {
  const documents = parseAllDocuments(manifests, { uniqueKeys: false });
  for (const document of documents) {
    // Silence would be a release without what Helm could not read either.
    if (document.errors.length > 0) throw document.errors[0];
    document.directives.docStart = true;
    if (document.contents !== null && typeof document.contents.get === "function") addDrain(document);
  }
  process.stdout.write(documents.map((document) => document.toString({ lineWidth: 0 })).join(""));
});
