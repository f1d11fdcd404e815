import type { EffectOrder } from './effects.js';
import type { Chains } from './chains.js';
import { NEVER } from './partition.js';
import { INITIAL, NO_VALUE, READ, WRITE, type RegisterOperations } from './registers.js';
import { clusterOrder, zonesOf } from './zones.js';

/** A linearization of a legal register with unique values: cluster after cluster, along each chain of cas. */
export function orderByZones(operations: RegisterOperations, chains: Chains | undefined): number[] {
  const { count, kinds, from, to, values } = operations;
  const writerOf = new Int32Array(values).fill(-1);
  // Reads of each value in order of invocation: counted, then filled.
  const starts = new Int32Array(values + 1);
  for (let op = 0; op < count; op++) {
    if (kinds[op] === READ) starts[from[op] + 1]++;
    else writerOf[to[op]] = op;
  }
  for (let value = 0; value < values; value++) starts[value + 1] += starts[value];
  const filled = starts.slice();
  const reads = new Int32Array(starts[values]);
  for (let op = 0; op < count; op++) if (kinds[op] === READ) reads[filled[from[op]]++] = op;
  const { first, last } = chains ?? zonesOf(operations);
  const order: number[] = [];
  for (const cluster of clusterOrder(operations, first, last, chains?.rootOf)) {
    for (let value = cluster; value !== -1; value = chains === undefined ? -1 : chains.next[value]) {
      if (writerOf[value] !== -1) order.push(writerOf[value]);
      for (let at = starts[value]; at < starts[value + 1]; at++) order.push(reads[at]);
    }
  }
  return order;
}

/**
 * A linearization of a legal register from the updates that a sweep let take effect, each just before an event. Reads
 * stand in the first stretch of their value that they overlap; updates that the sweep never showed in a stretch of the
 * value they write, or right before the next write that was shown.
 */
export function orderByEffects(operations: RegisterOperations, effects: EffectOrder): number[] {
  const stretches = new Stretches(operations, effects);
  const { count, kinds, returns, from, to } = operations;
  const placed = new Uint8Array(count);
  for (const op of effects.ops) placed[op] = 1;
  for (let op = 0; op < count; op++) {
    if (placed[op] === 1 || returns[op] === NEVER) continue;
    if (kinds[op] === READ) stretches.placeWithin(op, from[op]);
    else if (!stretches.placeWithin(op, to[op])) stretches.placeBefore(op);
  }
  return stretches.order();
}

class Stretches {
  /** Operations in stretch i, which begins with update i − 1; with the point of each. */
  private readonly members: { readonly op: number; readonly point: number }[][];
  private readonly values: number[];
  private readonly starts: number[];
  private readonly ends: number[];

  constructor(
    private readonly operations: RegisterOperations,
    private readonly effects: EffectOrder,
  ) {
    const { ops, events } = effects;
    this.values = [INITIAL, ...ops.map((op) => operations.to[op])];
    this.starts = [-1, ...events];
    this.ends = [...events, operations.events.length];
    this.members = this.values.map(() => []);
  }

  /** First stretch that ends after an event. */
  private stretchAt(event: number): number {
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle] > event) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Puts an operation into a stretch of `value`. A point is the event just before which something happens. */
  placeWithin(op: number, value: number): boolean {
    const { calls, returns } = this.operations;
    for (let at = this.stretchAt(calls[op]); at < this.values.length && this.starts[at] <= returns[op]; at++) {
      const point = Math.max(this.starts[at], calls[op] + 1);
      if (this.values[at] !== value || point > Math.min(this.ends[at], returns[op])) continue;
      this.members[at].push({ op, point });
      return true;
    }
    return false;
  }

  /** Puts an update right before a write that overwrites it. */
  placeBefore(op: number): void {
    const { calls, returns, kinds, from } = this.operations;
    const { ops, events } = this.effects;
    for (let at = this.stretchAt(calls[op]); at < ops.length && events[at] <= returns[op]; at++) {
      if (kinds[ops[at]] !== WRITE || from[ops[at]] !== NO_VALUE) continue;
      this.members[at].push({ op, point: events[at] });
      return;
    }
    throw new Error(`operation ${op} fits no stretch of the order found`);
  }

  order(): number[] {
    const order: number[] = [];
    this.members.forEach((members, at) => {
      if (at > 0) order.push(this.effects.ops[at - 1]);
      // Updates that are covered by the next write come last, whatever else shares their point.
      const rank = ({ op }: { readonly op: number }) =>
        this.operations.kinds[op] !== READ && this.operations.to[op] !== this.values[at] ? 1 : 0;
      members.sort((a, b) => rank(a) - rank(b) || a.point - b.point);
      for (const { op } of members) order.push(op);
    });
    return order;
  }
}
