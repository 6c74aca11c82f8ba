/*
 * What Fleet's chart has no value for, as a post-renderer of Helm adds it: manifests come in on standard input and go out on
 * standard output. Text is put into them instead of printing them anew, since this parser and Helm's do not read every number
 * alike (`0644`). Helm before 3.21 keeps hooks from post-renderers, so nothing reaches the migration Job.
 *
 * Helm starts a post-renderer without arguments, so each one that this program names is a file of its own beside this one.
 */
const { isMap, isScalar, isSeq, parseAllDocuments } = require("yaml");

/** By name: the maps of a document that lack an entry, each with the entry. */
const additions = {
  /**
   * Fleet's container serves on for five seconds after it was told to stop. Fleet closes its port at once then (fleetdm/fleet
   * `cmd/fleet/serve.go`), while nodes go on sending it connections until kube-proxy leaves it out, which takes up to a second by
   * default. The `sleep` of a `preStop` needs Kubernetes 1.30 (KEP-3960).
   */
  drain(document) {
    const containers =
      isObject(document, "Deployment", "fleet") && document.getIn(["spec", "template", "spec", "containers"]);
    if (!isSeq(containers)) return [];
    return containers.items
      .filter((container) => isMap(container) && container.get("name") === "fleet" && !container.has("lifecycle"))
      .map((container) => ({ into: container, entry: "lifecycle: { preStop: { sleep: { seconds: 5 } } }" }));
  },

  /**
   * Fleet's container has a /tmp to write to. The chart mounts one only together with something else (a certificate, CAs, logs),
   * and makes the root file system read-only all the same.
   */
  tmp(document) {
    const pod = isObject(document, "Deployment", "fleet") && document.getIn(["spec", "template", "spec"]);
    const containers = isMap(pod) && !pod.has("volumes") && pod.get("containers");
    if (!isSeq(containers)) return [];
    const container = containers.items.find(
      (one) => isMap(one) && one.get("name") === "fleet" && !one.has("volumeMounts"),
    );
    if (container?.getIn(["securityContext", "readOnlyRootFilesystem"]) !== true) return [];
    return [
      { into: pod, entry: "volumes: [{ name: tmp, emptyDir: {} }]" },
      { into: container, entry: "volumeMounts: [{ name: tmp, mountPath: /tmp }]" },
    ];
  },

  /**
   * A run of the CronJob ends after its time. The chart forbids two runs at once, so one that cannot pull would keep all later ones
   * from starting. How long a run may take stands behind the schedule, as a comment: the chart prints that value as it is.
   */
  deadline(document) {
    if (!isObject(document, "CronJob", "fleet-vulnprocessing")) return [];
    const schedule = document.getIn(["spec", "schedule"], true);
    const [entry] = (isScalar(schedule) && /\bactiveDeadlineSeconds: \d+$/.exec(schedule.comment ?? "")) || [];
    const run = document.getIn(["spec", "jobTemplate", "spec"]);
    if (entry === undefined || !isMap(run) || run.has("activeDeadlineSeconds")) return [];
    return [{ into: run, entry }];
  },
};

const isObject = (document, kind, name) =>
  document.get("kind") === kind && document.getIn(["metadata", "name"]) === name;

/** Not the parser's own error, which quotes the line: it may be a Secret's. */
class Unreadable extends Error {
  constructor({ line, col } = {}) {
    super(`the chart's manifests are not YAML at line ${line}, column ${col}`);
  }
}

/** The text that goes before a map's first key, as far to the right as that is. */
function insertion({ into, entry }, manifests) {
  const [at] = into.items[0].key.range;
  const column = at - 1 - manifests.lastIndexOf("\n", at - 1);
  return { at, text: into.flow ? `${entry}, ` : `${entry}\n${" ".repeat(column)}` };
}

function render(manifests, names) {
  let done = 0;
  let result = "";
  for (const document of parseAllDocuments(manifests, { uniqueKeys: false })) {
    // Silence would be a release without what Helm could not read either.
    if (document.errors.length > 0) throw new Unreadable(document.errors[0].linePos?.[0]);
    if (!isMap(document.contents)) continue;
    const insertions = names.flatMap((name) => additions[name](document)).map((one) => insertion(one, manifests));
    for (const { at, text } of insertions.sort((a, b) => a.at - b.at)) {
      result += manifests.slice(done, at) + text;
      done = at;
    }
  }
  return result + manifests.slice(done);
}

/** Makes the file that calls it a post-renderer with these additions. */
exports.postRender = (...names) => {
  let manifests = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text) => (manifests += text));
  process.stdin.on("end", () => {
    try {
      process.stdout.write(render(manifests, names));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    }
  });
};
