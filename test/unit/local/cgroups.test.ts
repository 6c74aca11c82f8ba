import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { cgroupFolders, makeCgroup, removeCgroups } from "../../../local/cluster/cgroups";
import { UserError } from "../../../components/user-error";

const name = "fleet-0123abcd";
const controllers = "cpuset cpu io memory hugetlb pids\n";

/** Files in a folder, as a kernel would show a cgroup tree. They take what is written, and do nothing: each holds the last write. */
describe("cgroups", () => {
  let root: string;
  const file = (name: string) => path.join(root, name);
  const read = (name: string) => readFileSync(file(name), "utf8");

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(file(name)), { recursive: true });
      writeFileSync(file(name), content);
    }
  }

  beforeEach(() => (root = mkdtempSync(path.join(os.tmpdir(), "cgroups-"))));
  afterEach(() => rmSync(root, { recursive: true }));

  it("of version 1 are one in each hierarchy, with the processors and memory nodes of their parent", () => {
    write({
      "cpuset/cpuset.cpus": "0-1\n",
      "cpuset/cpuset.mems": "0\n",
      "memory/tasks": "",
      "unified/cgroup.procs": "",
    });
    makeCgroup(name, root);
    assert.deepEqual(
      cgroupFolders(name, root).sort(),
      ["cpuset", "memory", "unified"].map((hierarchy) => file(path.join(hierarchy, name))),
    );
    assert.deepEqual([read(`cpuset/${name}/cpuset.cpus`), read(`cpuset/${name}/cpuset.mems`)], ["0-1\n", "0\n"]);
  });

  it("of version 2 have their controllers enabled above and below, and leave the processes of a machine alone", () => {
    write({
      "cgroup.controllers": controllers,
      "cgroup.subtree_control": "",
      "cgroup.procs": "1\n42\n",
      "system.slice/cgroup.procs": "",
      [`${name}/cgroup.controllers`]: controllers,
    });
    makeCgroup(name, root);
    assert.deepEqual(cgroupFolders(name, root), [file(name)]);
    assert.deepEqual([read("cgroup.subtree_control"), read(`${name}/cgroup.subtree_control`)], ["+pids", "+pids"]);
    assert.ok(!existsSync(file("fleet-processes")));
  });

  it("of version 2 in a container: its own processes make room, and come back with the last cluster's end", async () => {
    write({
      "cgroup.type": "domain\n",
      "cgroup.controllers": controllers,
      "cgroup.subtree_control": "",
      "cgroup.procs": "0\n42\n",
      [`${name}/cgroup.controllers`]: controllers,
    });
    makeCgroup(name, root);
    assert.equal(read("fleet-processes/cgroup.procs"), "42");

    rmSync(file(`${name}`), { recursive: true });
    write({ "fleet-89abcdef/cgroup.procs": "" }); // another checkout's
    await removeCgroups(name, root);
    assert.equal(read("cgroup.subtree_control"), "+pids");

    rmSync(file("fleet-89abcdef"), { recursive: true });
    write({ "cgroup.subtree_control": "cpuset memory pids\n" });
    await assert.rejects(removeCgroups(name, root), { code: "ENOTEMPTY" }); // in a kernel, its files go with it
    assert.equal(read("cgroup.subtree_control"), "-cpuset -memory -pids");
    assert.equal(read("cgroup.procs"), "42");
  });

  it("of version 2 are refused where pods would lack a controller", () => {
    write({ "cgroup.controllers": "cpuset cpu io pids\n", "cgroup.subtree_control": "" });
    write({ [`${name}/cgroup.controllers`]: "pids cpu\n" });
    assert.throws(
      () => makeCgroup(name, root),
      new UserError(
        `The local cluster's pods need the cgroup controllers cpuset, memory, which ${root} does not give: enable them ` +
          "(a kernel parameter such as cgroup_enable=memory; for a container, delegation by the host), " +
          "or set LOCAL_NODE=simulated.",
      ),
    );
  });
});
