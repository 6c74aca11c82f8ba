#!/usr/bin/env node

/*
 * A post-renderer of Helm: manifests come in on standard input and go out on standard output, and Fleet's container has a
 * `preStop` then, with which it serves on for five seconds after it was told to stop.
 *
 * Fleet closes its port at once when it is told to stop (fleetdm/fleet `cmd/fleet/serve.go`), while nodes go on sending it
 * connections until kube-proxy leaves it out, which takes up to a second by default. The chart has no value for this. The
 * `sleep` of a `preStop` needs Kubernetes 1.30 (KEP-3960).
 */
const { isMap, isSeq, parseAllDocuments } = require("yaml");

const drain = "lifecycle: { preStop: { sleep: { seconds: 5 } } }";

/**
 * The containers that need a preStop: Fleet's own, unless the chart gives it a lifecycle. Text is put into the manifests
 * instead of printing them anew, since this parser and Helm's do not read every number alike (`0644`).
 */
function containersToDrain(document) {
  const isFleet = document.get("kind") === "Deployment" && document.getIn(["metadata", "name"]) === "fleet";
  const containers = isFleet && document.getIn(["spec", "template", "spec", "containers"]);
  if (!isSeq(containers)) return [];
  return containers.items.filter(
    (container) => isMap(container) && container.get("name") === "fleet" && !container.has("lifecycle"),
  );
}

/** The text that goes before a container's first key, as far to the right as that is. */
function insertion(container, manifests) {
  const [at] = container.items[0].key.range;
  const column = at - 1 - manifests.lastIndexOf("\n", at - 1);
  return { at, text: container.flow ? `${drain}, ` : `${drain}\n${" ".repeat(column)}` };
}

let manifests = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => (manifests += text));
process.stdin.on("end", () => {
  const documents = parseAllDocuments(manifests, { uniqueKeys: false });
  let done = 0;
  let result = "";
  for (const document of documents) {
    // Silence would be a release without what Helm could not read either.
    if (document.errors.length > 0) throw document.errors[0];
    if (!isMap(document.contents)) continue;
    for (const container of containersToDrain(document)) {
      const { at, text } = insertion(container, manifests);
      result += manifests.slice(done, at) + text;
      done = at;
    }
  }
  process.stdout.write(result + manifests.slice(done));
});
