import { strict as assert } from "node:assert";
import { runInNode } from "../../local/cluster";
import { session } from "./session";

const ctr = async (...args: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await runInNode("ctr", ["--namespace", "k8s.io", "images", ...args]);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "");
};

/** The images of a registry that are on the node. @param server the local registry's by default */
export async function imagesOnNode(server = session().cluster.registry.server): Promise<string[]> {
  return (await ctr("list", "--quiet")).filter((name) => name.startsWith(`${server}/`));
}

/** Takes them off the node, as on a node that is new: whatever starts from now on has to pull. Those of other registries stay. */
export async function evictImages(server?: string): Promise<void> {
  const names = await imagesOnNode(server);
  if (names.length > 0) await ctr("remove", "--sync", ...names);
}
