import type { Deadline } from '../linearizability/budget.js';
import { type Configuration, inserted } from './configuration.js';
import { Pending } from './pending.js';
import type { Below, Change, Exact, Quantities } from './quantities.js';

/**
 * - `relaxed`: quantities may go below zero, and refusals are not looked at. Who fails here fails for certain.
 * - `greedy`: nothing is explored beyond what keeps a configuration alive. Who survives is valid for certain.
 * - `exact`: everything.
 */
export type SweepMode = 'relaxed' | 'greedy' | 'exact';

/** 0: not at all. */
export type Generosity = 0 | 1 | 2;

export interface MomentMemory {
  readonly pending: readonly number[];
  readonly openObservations: readonly number[];
  readonly settled: number;
  readonly complete: boolean;
}

/** What is under way at one moment of a sweep, and the single steps that a configuration can take then. */
export class Moment {
  readonly pending: Pending;
  openObservations: readonly number[] = [];
  /** Whether nothing was left out so far. */
  complete = true;
  /** How much further than usual the greedy pass looks just now. */
  generosity: Generosity = 0;
  /** Changes that are in every configuration, for observations that tell which had taken effect. */
  private readonly settled: number[] = [];
  private readonly settledAlready: Uint8Array;
  /** For each observation that tells them: how many settled changes are in its scope, and how many it did not see. */
  private readonly scopedSettled = new Map<number, { looked: number; count: number; strangers: number }>();

  constructor(
    readonly quantities: Quantities,
    readonly mode: SweepMode,
    readonly deadline: Deadline,
  ) {
    this.pending = new Pending(quantities);
    this.settledAlready = new Uint8Array(quantities.operations.length);
  }

  save(): MomentMemory {
    const { openObservations, complete } = this;
    return { pending: this.pending.list, openObservations, settled: this.settled.length, complete };
  }

  restore({ pending, openObservations, settled, complete }: MomentMemory): void {
    this.pending.list = pending;
    this.openObservations = openObservations;
    this.complete = complete;
    for (const op of this.settled.splice(settled)) this.settledAlready[op] = 0;
    for (const [observation, { looked }] of this.scopedSettled) {
      if (looked > settled) this.scopedSettled.delete(observation);
    }
  }

  settle(op: number): void {
    this.settledAlready[op] = 1;
    this.settled.push(op);
  }

  isSettled(op: number): boolean {
    return this.settledAlready[op] === 1;
  }

  change(op: number): Change {
    return this.quantities.operations[op] as Change;
  }

  observation(op: number): Exact | Below {
    return this.quantities.operations[op] as Exact | Below;
  }

  legal(vector: Float64Array, { needs }: Change): boolean {
    return needs === undefined || this.mode === 'relaxed' || vector[needs.dimension] >= needs.amount;
  }

  apply(from: Configuration, op: number): Configuration {
    const { dimensions, deltas } = this.change(op);
    const vector = from.vector.slice();
    for (let at = 0; at < dimensions.length; at++) vector[dimensions[at]] += deltas[at];
    const next = { ...from, vector, applied: inserted(from.applied, op) };
    let { observed } = from;
    for (const observation of this.openObservations) {
      if (!observed.includes(observation) && this.holds(next, observation)) observed = inserted(observed, observation);
    }
    return observed === from.observed ? next : { ...next, observed };
  }

  holds(configuration: Configuration, observation: number): boolean {
    const seen = this.observation(observation);
    const { vector } = configuration;
    if (seen.kind === 'below') return vector[seen.dimension] < seen.limit;
    for (let at = 0; at < seen.dimensions.length; at++) {
      if (vector[seen.dimensions[at]] !== seen.values[at]) return false;
    }
    return seen.holds === undefined || this.holdsExactly(configuration, observation, seen.holds);
  }

  /** Whether the changes that took effect are exactly those that were seen. */
  private holdsExactly({ applied }: Configuration, observation: number, seen: Exact['holds'] & object): boolean {
    const scoped = this.scopedSettled.get(observation) ?? { looked: 0, count: 0, strangers: 0 };
    this.scopedSettled.set(observation, scoped);
    for (; scoped.looked < this.settled.length; scoped.looked++) {
      const op = this.settled[scoped.looked];
      if (!seen.inScope(op)) continue;
      scoped.count++;
      if (!seen.members.has(op)) scoped.strangers++;
    }
    if (scoped.strangers > 0) return false;
    const own = applied.filter(seen.inScope);
    return scoped.count + own.length === seen.members.size && own.every((op) => seen.members.has(op));
  }

  spoils(change: Change, observation: number): boolean {
    const seen = this.observation(observation);
    if (seen.kind === 'exact') return change.dimensions.some((dimension) => seen.dimensions.includes(dimension));
    const at = change.dimensions.indexOf(seen.dimension);
    return at >= 0 && change.deltas[at] > 0;
  }

  /** Whether the pending changes may need more of a dimension than there is. */
  scarce({ vector, applied }: Configuration, dimension: number): boolean {
    let needed = this.pending.need(dimension);
    // What took effect is pending too, as long as not every configuration has it.
    for (const op of applied) {
      const { needs } = this.change(op);
      if (needs?.dimension === dimension) needed -= needs.amount;
    }
    return needed > vector[dimension];
  }

  /** Whether the order of these changes makes no difference to what is possible. */
  plenty(from: Configuration, changes: readonly number[]): boolean {
    if (this.mode === 'relaxed') return true;
    return changes.every((op) => {
      const { needs } = this.change(op);
      return needs === undefined || !this.scarce(from, needs.dimension);
    });
  }
}
