import assert from "node:assert/strict";
import { tooFewNodes, type Placement } from "../../../../commands/explain/check-nodes";
import { issueText } from "../../../../registry/issue";

const node = (name: string, spec: object = {}, labels: Readonly<Record<string, string>> = {}) => ({
  metadata: { name, labels },
  spec,
});
const tainted = (name: string, key: string, value?: string, effect = "NoSchedule") =>
  node(name, { taints: [{ key, effect, ...(value !== undefined && { value }) }] });

/** With one node more than is ever there: the nodes that fit, and what is said of each of the others. */
function found(nodes: readonly ReturnType<typeof node>[], placement: Placement = {}): string {
  const [{ sentence } = { sentence: "" }] = tooFewNodes(nodes.length + 1, nodes, placement);
  return sentence.replace(/^.* of the nodes /, "");
}

describe("nodes for the pull check", () => {
  it("are enough, or were not asked", () => {
    assert.deepEqual(tooFewNodes(2, [node("a"), node("b")]), []);
    assert.deepEqual(tooFewNodes(2, "the cluster is away"), []);
    assert.deepEqual(tooFewNodes(2, undefined), []);
  });

  it("are too few", () => {
    const said = (wanted: number, nodes: readonly ReturnType<typeof node>[]) =>
      tooFewNodes(wanted, nodes).map(issueText);
    assert.deepEqual(said(3, [node("b"), node("a"), node("c", { unschedulable: true })]), [
      "fleet:pullCheckNodes is 3, and the pull check can run on 2 of the nodes (a, b): c is cordoned; add nodes, or set a smaller number: pulumi config set pullCheckNodes 2",
    ]);
    assert.deepEqual(said(2, []), [
      "fleet:pullCheckNodes is 2, and the pull check can run on 0 of the nodes (none); add nodes, or set a smaller number: pulumi config set pullCheckNodes 1",
    ]);
  });

  it("are kept away by taints that nothing tolerates", () => {
    const nodes = [
      tainted("a", "node.kubernetes.io/unschedulable"),
      tainted("b", "node.kubernetes.io/not-ready", undefined, "NoExecute"),
      tainted("c", "team", "db"),
      tainted("d", "gpu"),
      tainted("e", "old", undefined, "PreferNoSchedule"),
    ];
    assert.equal(
      found(nodes),
      "(e): a is cordoned, b is not ready, c has the taint team=db:NoSchedule, d has the taint gpu:NoSchedule",
    );
    const tolerating = (...tolerations: NonNullable<Placement["tolerations"]>) => found(nodes, { tolerations });
    assert.match(tolerating({ operator: "Exists" }), /^\(a, b, c, d, e\)$/);
    assert.match(tolerating({ key: "team", value: "db" }), /^\(c, e\): /);
    assert.match(tolerating({ key: "team", operator: "Exists", effect: "NoSchedule" }), /^\(c, e\): /);
    assert.match(tolerating({ key: "team", operator: "Exists", effect: "NoExecute" }), /^\(e\): /);
    assert.match(tolerating({ key: "team", value: "web" }), /^\(e\): /);
    assert.match(tolerating({ key: "gpu" }), /^\(d, e\): /);
  });

  it("are chosen by label and affinity", () => {
    const nodes = [node("a", {}, { zone: "1", size: "9" }), node("b", {}, { zone: "2", size: "10" }), node("c")];
    assert.equal(
      found(nodes, { nodeSelector: { zone: "2" } }),
      "(b): a lacks the label zone=2, c lacks the label zone=2",
    );
    const by = (...nodeSelectorTerms: object[]) =>
      found(nodes, {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
      }).replace(/:.*/, "");
    const expression = (key: string, operator: string, ...values: string[]) => ({
      matchExpressions: [{ key, operator, values }],
    });
    assert.equal(by(expression("zone", "In", "1", "2")), "(a, b)");
    assert.equal(by(expression("zone", "NotIn", "1")), "(b, c)");
    assert.equal(by(expression("zone", "Exists")), "(a, b)");
    assert.equal(by(expression("zone", "DoesNotExist")), "(c)");
    assert.equal(by(expression("size", "Gt", "9")), "(b)");
    assert.equal(by(expression("size", "Lt", "10")), "(a)");
    assert.equal(by(expression("zone", "In", "1"), expression("zone", "In", "2")), "(a, b)");
    assert.equal(by({ matchFields: [{ key: "metadata.name", operator: "In", values: ["c"] }] }), "(c)");
    assert.equal(by({}), "(none)");
    assert.match(
      found(nodes, {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [expression("zone", "Exists")] },
          },
        },
      }),
      /: c does not match the node affinity$/,
    );
  });
});
