import assert from "node:assert/strict";
import { nodeKind } from "../../../local/cluster";
import type { Machine } from "../../../local/cluster/node-kind";
import { UserError } from "../../../components/user-error";

const everything = "CapEff:\t000001ffffffffff\n";
/** What a container engine leaves root by default. */
const ofContainer = "CapInh:\t0000000000000000\nCapEff:\t00000000a80425fb\n";

const root: Machine = {
  platform: "linux",
  uid: 0,
  status: `Name:\tnode\n${everything}`,
  mounts: "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n",
  uidMap: "         0          0 4294967295\n",
};

/** Machines that can have no real node, and why. */
const others: readonly (readonly [string, Partial<Machine>, string])[] = [
  [
    "macOS",
    { platform: "darwin", uid: 501, status: "", mounts: "", uidMap: "" },
    "a real node needs Linux; use a Linux machine",
  ],
  ["an ordinary user", { uid: 1000 }, "a real node needs root; run this as root"],
  [
    "root in a rootless container",
    { uidMap: "         0       1000          1\n         1     100000      65536\n" },
    "a real node needs the machine's own root, and this is a container's; run the container with one that is not rootless",
  ],
  [
    "root in a container",
    { status: ofContainer },
    "a real node needs CAP_NET_ADMIN, CAP_SYS_ADMIN, which root has not in this container; run the container as a privileged one",
  ],
  [
    "root with cgroups that are read-only",
    { mounts: root.mounts.replace("rw,nosuid", "ro,nosuid") },
    "a real node needs cgroups below /sys/fs/cgroup that can be written to; run the container as a privileged one",
  ],
  [
    "root without cgroups",
    { mounts: "cgroup /somewhere/else cgroup rw 0 0\ntmpfs /sys/fs/cgroup tmpfs rw 0 0\n" },
    "a real node needs cgroups below /sys/fs/cgroup that can be written to; run the container as a privileged one",
  ],
];

describe("the kind of node", () => {
  it("is a real one where that can be, with cgroup v1 as well", () => {
    const v1 = "tmpfs /sys/fs/cgroup tmpfs ro 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0\n";
    for (const machine of [root, { ...root, mounts: v1 }]) {
      for (const wanted of ["", "real"]) assert.equal(nodeKind(wanted, machine), "real");
    }
  });

  for (const [name, facts, reason] of others) {
    it(`is a simulated one for ${name}, and says why it cannot be a real one`, () => {
      const machine = { ...root, ...facts };
      assert.equal(nodeKind("", machine), "simulated");
      const sentence = `LOCAL_NODE=real cannot be had here: ${reason}, or leave LOCAL_NODE out for a simulated node.`;
      assert.throws(() => nodeKind("real", machine), new UserError(sentence));
    });
  }

  it("is a simulated one wherever that is asked for", () => {
    for (const facts of [{}, ...others.map(([, one]) => one)]) {
      assert.equal(nodeKind("simulated", { ...root, ...facts }), "simulated");
    }
  });

  it("is not taken from a word that it does not know", () => {
    const sentence = 'LOCAL_NODE is "kwok"; set it to real or simulated, or leave it out.';
    assert.throws(() => nodeKind("kwok", root), new UserError(sentence));
  });
});
