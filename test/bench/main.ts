import { main, say } from "../../commands/terminal";
import { circumstances, writeDocument } from "../support/report";
import { open as openSession } from "../support/session";
import { benchManyStacks } from "./many-stacks";
import { benchOneStack } from "./one-stack";

const head = `# Performance

Written by \`make bench\`, in one run: each figure is the median of several whole processes, as the shell sees them, on a machine
that has Kubernetes and the registry beside them. Processor seconds are those of all processes that the command started.
`;

const left = `## What is left, and whose it is

- Of a preview, Pulumi's command line, its SDK for Node.js and the Kubernetes plugin are what any program pays. This program's own
  are its modules, and answers of registries that come later than the cluster's.
- Of a rotation, the pull check costs what Kubernetes takes for a Job of one pod. The image is on the node already, and asking the
  registry for it is the smallest part; but the kubelet looks for containers that have ended once a second, and the controller of Jobs
  gathers changes for a second before it acts.
- The release costs what Helm takes: the chart's migration, which is such a Job too, then one new pod after the other, then up to two
  seconds until Helm looks again. That old pods [drain](rotate.md#let-the-pods-drain) for five seconds is no part of it: nothing waits
  for a pod that goes.
- A rotation that takes ten seconds more is one in which the kubelet's first readiness probe of a new pod came too early: the chart
  leaves the time between two at Kubernetes' ten seconds.
`;

main(async () => {
  await openSession();
  const sections = [head, `${await circumstances()}\n`, await benchOneStack(), await benchManyStacks(), left];
  await writeDocument("performance.md", sections.join("\n"));
  say("Written: docs/performance.md");
});
