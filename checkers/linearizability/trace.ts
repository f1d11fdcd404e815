/** Past this many nodes, what leads to the only configuration left is settled and the tree forgotten. */
const SETTLE_ABOVE = 1 << 16;

/** Orders of effect as a tree: each configuration holds the node of its last operation. */
export class Trace {
  private ops: number[] = [];
  private parents: number[] = [];
  /** The order up to a moment when only one configuration was left. */
  private readonly settled: number[] = [];

  /** The node is the only one left: what leads to it is settled. Answers the node that takes its place. */
  settle(node: number): number {
    if (this.ops.length < SETTLE_ABOVE) return node;
    for (const op of this.unsettled(node)) this.settled.push(op);
    this.ops = [];
    this.parents = [];
    return -1;
  }

  add(op: number, parent: number): number {
    this.ops.push(op);
    this.parents.push(parent);
    return this.ops.length - 1;
  }

  path(node: number): number[] {
    return [...this.settled, ...this.unsettled(node)];
  }

  private unsettled(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at !== -1; at = this.parents[at]) path.push(this.ops[at]);
    return path.reverse();
  }
}
