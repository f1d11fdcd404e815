/** Past this many nodes, what leads to the only configuration left is settled and the tree forgotten. */
const SETTLE_ABOVE = 1 << 16;

/** How an update took effect. */
export const SHOWN = 0;
/** By a cas, or as a cas within an excursion. */
export const CHANGED = 1;
/** In an excursion before the last write that was shown. */
export const EXCURSION = 2;

/** Updates in a legal order, and the return event just before which each takes effect. */
export interface EffectOrder {
  readonly ops: readonly number[];
  readonly events: readonly number[];
}

/** Which updates took effect and when, as a tree: each configuration holds the node of its last one. */
export class Effects {
  private ops: number[] = [];
  private events: number[] = [];
  private kinds: number[] = [];
  private parents: number[] = [];
  private readonly settled: [op: number, event: number, kind: number][] = [];

  add(op: number, event: number, kind: number, parent: number): number {
    this.ops.push(op);
    this.events.push(event);
    this.kinds.push(kind);
    this.parents.push(parent);
    return this.ops.length - 1;
  }

  /** The node is the only one alive. Answers the node that takes its place. */
  settle(node: number): number {
    if (this.ops.length < SETTLE_ABOVE) return node;
    for (const step of this.steps(node)) this.settled.push(step);
    this.ops = [];
    this.events = [];
    this.kinds = [];
    this.parents = [];
    return -1;
  }

  /** The order that leads to a node, with excursions where they belong: before the write shown last. */
  order(node: number): EffectOrder {
    const ops: number[] = [];
    const events: number[] = [];
    let lastShown = -1;
    for (const [op, event, kind] of this.settled.concat(this.steps(node))) {
      if (kind !== EXCURSION) {
        if (kind === SHOWN) lastShown = ops.length;
        ops.push(op);
        events.push(event);
        continue;
      }
      ops.splice(lastShown, 0, op);
      events.splice(lastShown, 0, events[lastShown]);
      lastShown++;
    }
    return { ops, events };
  }

  private steps(node: number): [number, number, number][] {
    const steps: [number, number, number][] = [];
    for (let at = node; at !== -1; at = this.parents[at]) steps.push([this.ops[at], this.events[at], this.kinds[at]]);
    return steps.reverse();
  }
}
