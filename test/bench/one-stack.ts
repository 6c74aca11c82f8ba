import * as fs from "node:fs";
import * as path from "node:path";
import * as yaml from "yaml";
import { removeRegistryUser, setRegistryUser } from "../../local/cluster";
import { Stack } from "../../local/stack";
import { checkout, stateDir } from "../../local/support/paths";
import { step } from "../../commands/terminal";
import { databasePassword, externalDatastores } from "../support/external-datastores";
import { markdownTable } from "../support/report";
import { session } from "../support/session";
import { succeeded, TestStack } from "../support/test-stack";
import { measure, median, type Figure } from "./measure";
import { Peer } from "./peer";
import { previewParts, rotationParts, Timeline } from "./timeline";

const previews = 7;
const rotations = 5;

/** This program beside an empty one, a hand-written one and `kubectl` with `helm`, in one run on one cluster; in Markdown. */
export async function benchOneStack(): Promise<string> {
  const datastores = await externalDatastores("bench");
  const chart = path.join(checkout, "test", "fixtures", "charts", "fleet");
  const ours = await TestStack.create("bench", "first", {
    ...datastores.config,
    "fleet:replicas": 2,
    "fleet:chart": chart,
  });
  await ours.set("databasePassword", databasePassword, true);
  await ours.set("pullCheck", "false");
  const empty = await createPeerStack("empty", {});
  const minimal = await createMinimal(chart, datastores.config);
  const peer = await Peer.create(chart, datastores.config);
  try {
    await step("Deploying each of them", async () => {
      await ours.deploy();
      succeeded(await empty.up());
      succeeded(await minimal.up());
      await peer.deploy();
    });

    const preview = (stack: Stack) =>
      measure(previews, async () => void succeeded(await stack.preview("--expect-no-changes")));
    const previewed = {
      ours: await step("Previews of this program, checks off", () => preview(ours)),
      empty: await step("Previews of an empty program", () => preview(empty)),
      minimal: await step("Previews of a hand-written program", () => preview(minimal)),
    };
    let password = 0;
    const newPassword = async () => {
      await ours.accept(`password ${++password}`);
      await ours.setPassword(`password ${password}`);
    };
    const rotate = () => measure(rotations, async () => void (await ours.deploy()), newPassword);
    const rotated = {
      unchecked: await step("Rotations of this program, checks off", rotate),
      checked: await step("Rotations of this program, pull check on", async () => {
        await ours.set("pullCheck", "true");
        await ours.deploy();
        return rotate();
      }),
      peer: await step("Rotations with kubectl and helm", () =>
        measure(
          rotations,
          () => peer.rotate(`password ${password}`),
          () => setRegistryUser(peer.username, `password ${++password}`),
        ),
      ),
    };

    await askRegistries(ours);
    const parts = { preview: new Timeline(previewParts), rotation: new Timeline(rotationParts) };
    const asItIs = {
      previewed: await step("Previews of this program as it is", () =>
        measure(previews, () => parts.preview.run(ours, ["preview", "--expect-no-changes"])),
      ),
      rotated: await step("Rotations of this program as it is", () =>
        measure(rotations, () => parts.rotation.run(ours, ["up", "--yes", "--skip-preview"]), newPassword),
      ),
    };

    return `## An unchanged preview

${report("empty program", previewed.empty, [
  ["this program as it is: every registry is asked", asItIs.previewed],
  ["this program, its checks off", previewed.ours],
  ["a hand-written program without checks", previewed.minimal],
  ["an empty program", previewed.empty],
])}

The hand-written and the empty program load TypeScript as Pulumi does by default, with ts-node.

Where the time of this program as it is goes:

${parts.preview.table()}

## A rotation

Two replicas, and datastores outside of the stack. Every registry's answer, the new Secret, the pull check, the migration, new pods.

${report("kubectl and helm", rotated.peer, [
  ["this program as it is: every registry is asked, pull check on", asItIs.rotated],
  ["this program, pull check on", rotated.checked],
  ["this program, its checks off", rotated.unchecked],
  ["`kubectl create secret`, `helm upgrade --atomic`", rotated.peer],
])}

Where the time of this program as it is goes:

${parts.rotation.table()}
`;
  } finally {
    await ours.remove();
    succeeded(await minimal.destroy());
    await peer.remove();
    await datastores.remove();
    await removeRegistryUser("puller-minimal");
  }
}

/** The program's own default, which the tests' stacks turn off, and the authority that the local registry needs for it. */
async function askRegistries(ours: TestStack): Promise<void> {
  const { caFile } = session().cluster.registry;
  ours.edit((config) => {
    config["fleet:registryCheck"] = "enforce";
    config["fleet:registryCaCertificate"] = fs.readFileSync(caFile, "utf8");
  });
  await ours.deploy();
}

async function createPeerStack(program: string, config: Readonly<Record<string, unknown>>): Promise<Stack> {
  const folder = path.join(stateDir, "test", `bench-${program}`);
  fs.rmSync(folder, { recursive: true, force: true });
  const { tools, env } = session();
  const project = path.join(checkout, "test", "bench", program);
  const stack = new Stack({ name: "bench", folder, tools, env, passphrase: "bench", project });
  await stack.init(yaml.stringify({ config }));
  return stack;
}

async function createMinimal(chart: string, datastores: Readonly<Record<string, unknown>>): Promise<Stack> {
  const { kubeconfig, context, registry } = session().cluster;
  const stack = await createPeerStack("minimal", {
    "kubernetes:kubeconfig": kubeconfig,
    "kubernetes:context": context,
    "minimal:chart": chart,
    "minimal:namespace": "bench-minimal",
    "minimal:server": registry.server,
    "minimal:username": "puller-minimal",
    "minimal:database": (datastores["fleet:database"] as { address: string }).address,
    "minimal:cache": (datastores["fleet:cache"] as { address: string }).address,
  });
  await setRegistryUser("puller-minimal", "minimal");
  await stack.set("password", "minimal", true);
  await stack.set("databasePassword", databasePassword, true);
  return stack;
}

/** Medians, and how many times as long each takes as `base`; in Markdown. */
function report(baseName: string, base: Figure, figures: readonly (readonly [string, Figure])[]): string {
  const rows = figures.map(([name, { seconds, processor, memory }]) => [
    name,
    median(seconds).toFixed(2),
    `${seconds[0]?.toFixed(2)} to ${seconds.at(-1)?.toFixed(2)}`,
    (median(seconds) / median(base.seconds)).toFixed(2),
    median(processor).toFixed(1),
    `${memory.megabytes.toFixed(0)} MB, ${memory.process}`,
  ]);
  const head = ["", "seconds, median", "range", `× ${baseName}`, "processor seconds", "largest process"];
  return markdownTable([head, ...rows]);
}
