import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { placesOf } from "../../local/cluster/places";
import { createNode, destroyNode, runIn } from "../../local/cluster/node";
import { run } from "../../commands/process";
import { UserError } from "../../components/user-error";
import { needsRealNode } from "../support/session";

/** Where a folder of each kind lies; `source` and `tools` are in the state folder if they are not named. */
interface Places {
  readonly state: string;
  readonly source?: string;
  readonly tools?: string;
}

const made: string[] = [];
const mounts: string[] = [];

/** A new empty folder below one that every Linux has. */
function below(parent: string): string {
  const folder = mkdtempSync(path.join(parent, "node-places-"));
  made.push(folder);
  return folder;
}

/** The path of a new symbolic link to a folder. */
function linked(parent: string, target: string): string {
  const link = path.join(below(parent), "link");
  symlinkSync(target, link);
  return link;
}

async function mountBelow(parent: string, options: string): Promise<string> {
  const folder = below(parent);
  await run("mount", ["-t", "tmpfs", "-o", options, "node-places", folder]);
  mounts.push(folder);
  return folder;
}

/** A checkout with everything in it. */
const checkout = (folder: string): Places => ({
  state: path.join(folder, ".local"),
  source: path.join(folder, "local"),
  tools: path.join(folder, "cache", "tools"),
});

const cases: Record<string, () => Promise<Places> | Places> = {
  "below /mnt": () => checkout(below("/mnt")),
  "below /run": () => checkout(below("/run")),
  "below /var": () => checkout(below("/var")),
  "below /var/lib": () => checkout(below("/var/lib")),
  "below /srv": () => checkout(below("/srv")),
  "below /tmp": () => checkout(below("/tmp")),
  "below /dev/shm": () => checkout(below("/dev/shm")),
  "each elsewhere": () => ({ state: below("/run"), source: below("/mnt"), tools: below("/var/tmp") }),
  "each elsewhere, the other way round": () => ({ state: below("/var"), source: below("/tmp"), tools: below("/run") }),
  "tools inside the state folder": () => {
    const folder = below("/var");
    return { state: folder, tools: path.join(folder, "state") };
  },
  "state inside the folder of the tools": () => {
    const folder = below("/run");
    return { state: path.join(folder, "tools"), tools: folder };
  },
  "with blanks and quotes": () => checkout(path.join(below("/tmp"), `it's "a" checkout`, "$HOME \\n")),
  "a mount below /mnt": async () => checkout(await mountBelow("/mnt", "mode=755")),
  "a mount below /run, nosuid, nodev": async () => checkout(await mountBelow("/run", "nosuid,nodev")),
  "a mount inside a hidden folder": async () => {
    const folder = below("/var");
    mkdirSync(path.join(folder, "tools"));
    await run("mount", ["-t", "tmpfs", "node-places", path.join(folder, "tools")]);
    mounts.push(path.join(folder, "tools"));
    return { state: folder, tools: folder };
  },
  "a link from /srv to /run": () => checkout(linked("/srv", below("/run"))),
  "a link from /tmp to /srv": () => checkout(linked("/tmp", below("/srv"))),
  "a link from /var to /run": () => checkout(linked("/var", below("/run"))),
  "a link to a link, the second one below /tmp": () => checkout(linked("/srv", linked("/tmp", below("/mnt")))),
  "a link inside the state folder that leads to the tools": () => {
    const folder = below("/tmp");
    mkdirSync(path.join(folder, "state"));
    symlinkSync(below("/var"), path.join(folder, "state", "cache"));
    return { state: folder, tools: path.join(folder, "state", "cache") };
  },
  "/var/run, which is a link itself": () => checkout(below("/var/run")),
};

/** A tool: reads the source, writes into the state, and into folders that the node has of its own. */
const tool = `#!/bin/sh
set -e
cat "$1/file"
echo from the node >"$2/file"
echo kept >/var/lib/kubelet/file
touch /run/node-places /var/node-places /tmp/node-places
`;

describe("the node of a checkout", function () {
  this.timeout(20_000);

  before(function () {
    needsRealNode(this, "the tests of where a checkout may lie");
  });
  after(async () => {
    for (const folder of mounts.reverse()) await run("umount", [folder]);
    for (const folder of made.reverse()) rmSync(folder, { recursive: true });
  });

  for (const [title, makeFolders] of Object.entries(cases)) {
    it(`${title}: finds its state, its source and its tools`, async () => {
      const { state, source = state, tools = state } = await makeFolders();
      for (const folder of [state, source, tools]) mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(source, "file"), "from outside\n");
      writeFileSync(path.join(tools, "tool"), tool, { mode: 0o755 });
      const places = placesOf(state);
      try {
        const node = await createNode(places, [state, source, tools]);
        const { stdout, stderr } = await runIn(node, path.join(tools, "tool"), [source, places.folder]);
        assert.equal(stdout + stderr, "from outside\n");
      } finally {
        await destroyNode(places);
      }
      assert.equal(readFileSync(path.join(places.folder, "file"), "utf8"), "from the node\n");
      assert.equal(readFileSync(path.join(places.folder, "kubelet", "file"), "utf8"), "kept\n");
      assert.deepEqual(
        ["/run", "/var", "/tmp"].filter((folder) => existsSync(path.join(folder, "node-places"))),
        [],
      );
    });
  }

  // Kubernetes would clear these out, or the node's own folder would not be there.
  const refused = {
    "/tmp": "/tmp",
    "/run": "/run",
    "/var/run": "/run",
    "/var/lib/kubelet": "/var/lib/kubelet",
    "/var/log/pods/checkout": "/var/log/pods/checkout",
    "/tmp/hostpath_pv/a/b": "/tmp/hostpath_pv/a/b",
  };
  for (const [folder, own] of Object.entries(refused)) {
    it(`is refused ${folder}, and nothing is made`, async () => {
      const places = placesOf(path.join(below("/srv"), "state"));
      const message = `The local cluster's node has a ${own} of its own: move the checkout or tools that lie in it to another folder.`;
      await assert.rejects(createNode(places, [places.state, linked("/srv", folder)]), new UserError(message));
      assert.ok(!existsSync(places.state));
    });
  }
});
