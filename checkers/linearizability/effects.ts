/** Past this many nodes, what leads to the only configuration left is settled and the tree forgotten. */
const SETTLE_ABOVE = 1 << 16;

/** Which updates took visible effect and when, as a tree: each configuration holds the node of its last one. */
export class Effects {
  private ops: number[] = [];
  private events: number[] = [];
  private parents: number[] = [];
  private readonly settledOps: number[] = [];
  private readonly settledEvents: number[] = [];

  add(op: number, event: number, parent: number): number {
    this.ops.push(op);
    this.events.push(event);
    this.parents.push(parent);
    return this.ops.length - 1;
  }

  /** The node is the only one alive. Answers the node that takes its place. */
  settle(node: number): number {
    if (this.ops.length < SETTLE_ABOVE) return node;
    const { ops, events } = this.path(node, false);
    for (const op of ops) this.settledOps.push(op);
    for (const event of events) this.settledEvents.push(event);
    this.ops = [];
    this.events = [];
    this.parents = [];
    return -1;
  }

  /** Updates in the order of their effect, and the return event just before which each took effect. */
  path(node: number, withSettled = true): { ops: number[]; events: number[] } {
    const ops: number[] = [];
    const events: number[] = [];
    for (let at = node; at !== -1; at = this.parents[at]) {
      ops.push(this.ops[at]);
      events.push(this.events[at]);
    }
    ops.reverse();
    events.reverse();
    if (!withSettled) return { ops, events };
    return { ops: this.settledOps.concat(ops), events: this.settledEvents.concat(events) };
  }
}
