import { main, say } from "../../local/support/terminal";
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
- Of a rotation, the pull check costs what Kubernetes needs for a Job of one pod: the kubelet looks at containers once a second,
  and the controller of Jobs gathers changes for as long before it acts. What it pulls is on the node already.
- The release costs what Helm costs: the migration Job, the rolling update, and a look every two seconds whether it is done. That old
  pods [drain](rotate.md#let-the-pods-drain) for five seconds delays nothing that anybody waits for.
`;

main(async () => {
  await openSession();
  const sections = [head, `${await circumstances()}\n`, await benchOneStack(), await benchManyStacks(), left];
  await writeDocument("performance.md", sections.join("\n"));
  say("Written: docs/performance.md");
});
