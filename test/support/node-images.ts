import { strict as assert } from "node:assert";
import { runInNode } from "../../local/cluster";
import { session } from "./session";

const ctr = async (...args: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await runInNode("ctr", ["--namespace", "k8s.io", "images", ...args]);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "");
};

/** The images of the local registry that are on the node. */
export async function imagesOnNode(): Promise<string[]> {
  return (await ctr("list", "--quiet")).filter((name) => name.startsWith(`${session().cluster.registry.server}/`));
}

/** Takes images off the node, as on a node that is new: whatever starts from now on has to pull. */
export async function evictImages(server = session().cluster.registry.server): Promise<void> {
  const rows = (await ctr("list")).map((line) => line.split(/\s+/));
  const digests = rows.filter(([name]) => name?.startsWith(`${server}/`)).map((row) => row[2]);
  // The runtime knows an image by its tag, by its digest and by its identifier: all of one content.
  const names = rows.filter((row) => digests.includes(row[2])).map(([name = ""]) => name);
  if (names.length > 0) await ctr("remove", "--sync", ...names);
}
