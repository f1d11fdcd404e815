import type { Deadline } from '../linearizability/budget.js';
import { type Configuration, Frontier, inserted, without } from './configuration.js';
import { decode, type DecodeLimits } from './decode.js';
import { Pending } from './pending.js';
import { type Below, type Change, type Exact, NEVER, type Quantities } from './quantities.js';

/**
 * - `relaxed`: quantities may go below zero, and refusals are not looked at. Who fails here fails for certain.
 * - `greedy`: nothing is explored beyond what keeps a configuration alive. Who survives is valid for certain.
 * - `exact`: everything.
 */
export type SweepMode = 'relaxed' | 'greedy' | 'exact';

export type SweepResult =
  | { readonly kind: 'survived'; readonly most: number }
  /** `complete`: nothing was left out, so the death is proven. */
  | {
      readonly kind: 'died';
      readonly event: number;
      readonly complete: boolean;
      readonly before: readonly Configuration[];
      readonly most: number;
    };

/** Both ends included. */
export interface EventRange {
  readonly from: number;
  readonly to: number;
}

const GREEDY_CONFIGURATIONS = 512;
const GENEROUS_CONFIGURATIONS = 4_096;
const GREEDY_EXPLORED = 400;
const GREEDY_OPTIONAL = 2;
const GENEROUS_OPTIONAL = 3;
const FEW_OPTIONAL = 5;
/** Orders of one set of changes that are followed at once; sets of more than a handful are rare. */
const BEAM = 256;
const UNBOUNDED = 0x7fffffff;

/**
 * One sweep over a history of quantities, keeping every configuration that explains what returned so far. Lowe's
 * just-in-time linearization ("Testing for linearizability", 2017) with the structure of quantities put to use:
 *
 * Changes commute where there is enough of everything. So a change waits until it must take effect: because it
 * returns, because a quantity is needed, or because an exact observation cannot be explained without it. The last is
 * decided by arithmetic (see {@link decode}), not by trying orders: an exact observation leaves as many configurations
 * as there are sets of pending changes with the right sum, nearly always one.
 *
 * A change whose outcome is unknown is a pending change that never returns; once every configuration has it, it is
 * decided and costs nothing any more.
 */
export class Sweep {
  private readonly pending: Pending;
  private openObservations: readonly number[] = [];
  private frontier: readonly Configuration[];
  private complete = true;
  private generous = false;
  private most = 1;
  /** Changes that are in every configuration, for observations that tell which had taken effect. */
  private readonly settled: number[] = [];
  private readonly isSettled: Uint8Array;
  /** For each observation that tells them: how many settled changes are in its scope, and how many it did not see. */
  private readonly scopedSettled = new Map<number, { looked: number; count: number; strangers: number }>();

  constructor(
    private readonly quantities: Quantities,
    private readonly mode: SweepMode,
    private readonly deadline: Deadline,
    /** Stretches of events in which the greedy pass looks further. */
    private readonly generousIn: readonly EventRange[] = [],
  ) {
    this.pending = new Pending(quantities);
    this.isSettled = new Uint8Array(quantities.operations.length);
    this.frontier = quantities.starts.map((vector, start) => ({
      vector: vector.slice(),
      start,
      applied: [],
      observed: [],
    }));
  }

  /** @throws OutOfBudget */
  run(): SweepResult {
    const { events, resets } = this.quantities;
    for (let event = 0; event < events.length; event++) {
      this.deadline.tick();
      this.generous = this.generousIn.some(({ from, to }) => event >= from && event <= to);
      for (const dimension of resets.get(event) ?? []) for (const { vector } of this.frontier) vector[dimension] = 0;
      const code = events[event];
      if (code >= 0) {
        this.begin(code);
        continue;
      }
      const before = this.frontier;
      this.finish(~code);
      if (this.frontier.length === 0) return { kind: 'died', event, complete: this.complete, before, most: this.most };
    }
    return { kind: 'survived', most: this.most };
  }

  private begin(op: number): void {
    const operation = this.quantities.operations[op];
    if (operation.kind === 'change') {
      this.pending.add(op);
      return;
    }
    if (operation.kind === 'below' && this.mode === 'relaxed') return;
    this.openObservations = inserted(this.openObservations, op);
    // An observation that is right as things stand is made at once: that excludes nothing later.
    this.frontier = this.frontier.map((c) => (this.holds(c, op) ? { ...c, observed: inserted(c.observed, op) } : c));
  }

  private finish(op: number): void {
    const { kind } = this.quantities.operations[op];
    if (kind === 'below' && this.mode === 'relaxed') return;
    if (kind === 'change' && this.isSettled[op] === 1) return;
    const after = new Frontier();
    for (const configuration of this.frontier) {
      if (kind === 'change' && configuration.applied.includes(op)) {
        after.add({ ...configuration, applied: without(configuration.applied, op) });
      } else if (kind !== 'change' && configuration.observed.includes(op)) {
        after.add({ ...configuration, observed: without(configuration.observed, op) });
      } else this.bring(configuration, op, after);
    }
    if (kind === 'change') {
      this.pending.remove(op);
      this.settle(op);
    } else this.openObservations = without(this.openObservations, op);
    this.frontier = this.bounded(after.list);
    this.most = Math.max(this.most, this.frontier.length);
    this.settleCommon();
  }

  private bounded(list: readonly Configuration[]): readonly Configuration[] {
    this.deadline.hold(list.length);
    const limit = this.generous ? GENEROUS_CONFIGURATIONS : GREEDY_CONFIGURATIONS;
    if (this.mode !== 'greedy' || list.length <= limit) return list;
    this.complete = false;
    const spent = ({ applied }: Configuration) => applied.filter((op) => this.quantities.returns[op] === NEVER).length;
    return [...list].sort((a, b) => spent(a) - spent(b)).slice(0, limit);
  }

  /** What the only configuration has needs no remembering: it is part of whatever follows. */
  private settleCommon(): void {
    if (this.frontier.length !== 1 || this.frontier[0].applied.length === 0) return;
    for (const op of this.frontier[0].applied) {
      this.pending.remove(op);
      this.settle(op);
    }
    this.frontier = [{ ...this.frontier[0], applied: [] }];
  }

  private settle(op: number): void {
    this.isSettled[op] = 1;
    this.settled.push(op);
  }

  /** Every way to get `op` done from a configuration that has not, as far as the mode looks. */
  private bring(from: Configuration, op: number, after: Frontier): void {
    const operation = this.quantities.operations[op];
    const seen = new Frontier();
    const work = [from];
    seen.add(from);
    const push = (list: readonly Configuration[]) => {
      for (const next of list) {
        if (operation.kind !== 'change' && next.observed.includes(op)) {
          after.add({ ...next, observed: without(next.observed, op) });
        } else if (seen.add(next)) work.push(next);
      }
    };
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      this.deadline.tick();
      this.deadline.hold(seen.list.length);
      switch (operation.kind) {
        case 'change':
          if (this.legal(next.vector, operation)) {
            const done = this.apply(next, op);
            after.add({ ...done, applied: without(done.applied, op) });
          }
          push(this.beforeChange(next, op, operation));
          break;
        case 'exact':
          push(this.beforeExact(next, op, operation));
          break;
        case 'below':
          push(
            this.explore(
              next,
              operation.dimension,
              -1,
              (vector) => vector[operation.dimension] < operation.limit,
              'if needed',
            ),
          );
          push(this.otherObservations(next, op, []));
          break;
      }
    }
  }

  /** What may have to come before a change: what makes it possible, and observations that it would spoil. */
  private beforeChange(from: Configuration, op: number, change: Change): readonly Configuration[] {
    const { needs } = change;
    const legal = this.legal(from.vector, change);
    const free = legal && (needs === undefined || this.mode === 'relaxed' || !this.scarce(from, needs.dimension));
    const spoilt = this.openObservations.filter(
      (observation) => !from.observed.includes(observation) && this.spoils(change, observation),
    );
    if (free && spoilt.length === 0) return [];
    const found = [...this.otherObservations(from, op, spoilt)];
    if (free || needs === undefined) return found;
    if (this.mode === 'exact' || !legal) {
      const spending = legal ? 'if free' : 'if needed';
      found.push(...this.explore(from, needs.dimension, op, (vector) => this.legal(vector, change), spending));
    } else this.complete = false;
    return found;
  }

  private spoils(change: Change, observation: number): boolean {
    const seen = this.quantities.operations[observation] as Exact | Below;
    if (seen.kind === 'exact') return change.dimensions.some((dimension) => seen.dimensions.includes(dimension));
    const at = change.dimensions.indexOf(seen.dimension);
    return at >= 0 && change.deltas[at] > 0;
  }

  /**
   * Ways to an exact observation, directly or by way of another one. Directly is not enough even where the other is of
   * the same dimensions: with +3 and −3 pending, a read of 3 comes before a read of 0 by changes that add up to nothing.
   */
  private beforeExact(from: Configuration, op: number, seen: Exact): readonly Configuration[] {
    const sets = this.explanations(from, seen, this.pending.all(from.applied, -1));
    if (sets.length === 0) return [];
    return [
      ...sets.flatMap((set) => this.orders(from, set, op)).filter(({ observed }) => observed.includes(op)),
      ...this.otherObservations(from, op, []),
    ];
  }

  /**
   * Other open observations, each of which may have to be made before `op`: not only those that `op` itself would spoil.
   * What has to take effect before `op` may spoil others in turn: a cancellation that somebody else's "not found" calls
   * for changes the stock, which a stock-take must have shown before. The greedy pass looks for refusals only where
   * `op` spoils them.
   */
  private otherObservations(from: Configuration, op: number, spoilt: readonly number[]): readonly Configuration[] {
    const found: Configuration[] = [];
    const excluded = this.quantities.operations[op].kind === 'change' ? op : -1;
    for (const observation of this.openObservations) {
      if (observation === op || from.observed.includes(observation)) continue;
      const seen = this.quantities.operations[observation] as Exact | Below;
      if (seen.kind === 'exact') found.push(...this.reach(from, observation, seen, excluded));
      else if (this.mode === 'exact' || spoilt.includes(observation)) {
        const goal = (vector: Float64Array) => vector[seen.dimension] < seen.limit;
        found.push(...this.explore(from, seen.dimension, excluded, goal, 'if free'));
      } else this.complete = false;
    }
    return found;
  }

  /** Every configuration in which an exact observation has just been made. */
  private reach(from: Configuration, observation: number, seen: Exact, excluded: number): readonly Configuration[] {
    const candidates = this.pending.all(from.applied, excluded);
    const found: Configuration[] = [];
    for (const set of this.explanations(from, seen, candidates)) {
      for (const next of this.orders(from, set, observation)) {
        if (next.observed.includes(observation)) found.push(next);
      }
    }
    return found;
  }

  private explanations(
    from: Configuration,
    seen: Exact,
    candidates: readonly number[],
  ): readonly (readonly number[])[] {
    const { quantities, deadline, mode } = this;
    const optional = candidates.filter((op) => quantities.returns[op] === NEVER).length;
    if (mode === 'greedy' && optional > FEW_OPTIONAL) return this.likelyExplanations(from, seen, candidates);
    const limits: DecodeLimits =
      mode === 'greedy'
        ? { optional: UNBOUNDED, nodes: 4_000, solutions: 32, sets: 'needed' }
        : { optional: UNBOUNDED, nodes: 4_000_000, solutions: 100_000, sets: mode === 'exact' ? 'all' : 'needed' };
    if (mode === 'greedy' && candidates.length > 0) this.complete = this.complete && this.plenty(from, candidates);
    const { sets, complete } = decode(quantities, from.vector, seen, candidates, limits, deadline);
    if (!complete) this.complete = false;
    return sets;
  }

  /** Few unknown changes take effect between two observations: with none of them, or one, or two. */
  private likelyExplanations(
    from: Configuration,
    seen: Exact,
    candidates: readonly number[],
  ): readonly (readonly number[])[] {
    this.complete = false;
    const nodes = this.generous ? 40_000 : 4_000;
    const most = this.generous ? GENEROUS_OPTIONAL : GREEDY_OPTIONAL;
    let found: readonly (readonly number[])[] = [];
    for (let optional = 0; optional <= most; optional++) {
      const limits: DecodeLimits = { optional, nodes, solutions: 32, sets: 'needed' };
      const { sets } = decode(this.quantities, from.vector, seen, candidates, limits, this.deadline);
      // Sets with more unknown changes come besides those with fewer.
      if (sets.length > found.length) found = sets;
      if (found.length > 0 && !this.generous) break;
    }
    return found;
  }

  /** Applies a set of changes in every order that makes a difference. */
  private orders(from: Configuration, set: readonly number[], goal: number): readonly Configuration[] {
    const { operations } = this.quantities;
    const others = this.openObservations.length > from.observed.length + (from.observed.includes(goal) ? 0 : 1);
    if (!others) {
      const direct = this.anyOrder(from, set);
      if (direct !== undefined) return [direct];
    }
    let level: readonly Configuration[] = [from];
    for (let step = 0; step < set.length; step++) {
      const next = new Frontier();
      for (const configuration of level) {
        for (const op of set) {
          if (configuration.applied.includes(op)) continue;
          this.deadline.tick();
          if (this.legal(configuration.vector, operations[op] as Change)) next.add(this.apply(configuration, op));
        }
      }
      level = next.list;
      if (level.length > BEAM && this.mode === 'greedy') {
        this.complete = false;
        level = level.slice(0, BEAM);
      }
      this.deadline.hold(level.length);
    }
    return level;
  }

  /** Always the first change that is possible; undefined where that leads nowhere, though another order may not. */
  private anyOrder(from: Configuration, set: readonly number[]): Configuration | undefined {
    let at = from;
    const left = [...set];
    while (left.length > 0) {
      const place = left.findIndex((op) => this.legal(at.vector, this.quantities.operations[op] as Change));
      if (place < 0) return undefined;
      at = this.apply(at, left[place]);
      left.splice(place, 1);
    }
    return at;
  }

  /**
   * Configurations reached by pending changes that bear on a dimension. Exact: one change further, for the caller to go
   * on from. Greedy: as far as it takes to reach the goal, and no further; changes of unknown outcome are spent only
   * where there is no other way, for there are ever more of them, and each would be another configuration.
   */
  private explore(
    from: Configuration,
    dimension: number,
    excluded: number,
    goal: (vector: Float64Array) => boolean,
    spending: 'if free' | 'if needed',
  ): readonly Configuration[] {
    const candidates = this.bearingOn(from, dimension, excluded);
    if (this.mode === 'exact') return this.oneFurther(from, candidates);
    if (!this.plenty(from, candidates)) this.complete = false;
    const certain = candidates.filter((op) => this.quantities.returns[op] !== NEVER);
    if (certain.length === candidates.length) return this.nearest(from, candidates, goal);
    this.complete = false;
    const found = this.nearest(from, certain, goal);
    if (this.generous) return [...found, ...this.nearest(from, candidates, goal)];
    return found.length > 0 || spending === 'if free' ? found : this.nearest(from, candidates, goal);
  }

  private oneFurther(configuration: Configuration, candidates: readonly number[]): readonly Configuration[] {
    return candidates
      .filter((op) => !configuration.applied.includes(op) && this.isNext(op, configuration))
      .filter((op) => this.legal(configuration.vector, this.quantities.operations[op] as Change))
      .map((op) => this.apply(configuration, op));
  }

  /** The fewest changes at a time that reach the goal. */
  private nearest(
    from: Configuration,
    candidates: readonly number[],
    goal: (vector: Float64Array) => boolean,
  ): readonly Configuration[] {
    const seen = new Frontier();
    const found: Configuration[] = [];
    let work: readonly Configuration[] = [from];
    while (work.length > 0) {
      const further: Configuration[] = [];
      for (const next of work.flatMap((configuration) => this.oneFurther(configuration, candidates))) {
        if (!seen.add(next)) continue;
        if (goal(next.vector)) found.push(next);
        else further.push(next);
      }
      work = further;
      // What takes more changes than another way did is left for the exact pass.
      if (found.length > 0 && further.length > 0) this.complete = false;
      if (found.length === 0 && seen.list.length <= GREEDY_EXPLORED) continue;
      if (found.length === 0) this.complete = false;
      break;
    }
    return found;
  }

  /** Of equal changes only the one that returns first. */
  private isNext(op: number, { applied }: Configuration): boolean {
    const { operations } = this.quantities;
    const { sameAs } = operations[op] as Change;
    const first = this.pending.list.find(
      (other) => (operations[other] as Change).sameAs === sameAs && !applied.includes(other),
    );
    return first === op;
  }

  /** Pending changes of a dimension, and those that may be needed to make them possible. */
  private bearingOn(from: Configuration, dimension: number, excluded: number): readonly number[] {
    const all = this.pending.all(from.applied, excluded);
    const wanted = new Set([dimension]);
    const chosen = new Set<number>();
    for (let grew = true; grew;) {
      grew = false;
      for (const op of all) {
        const { dimensions, needs } = this.quantities.operations[op] as Change;
        if (chosen.has(op) || !dimensions.some((touched) => wanted.has(touched))) continue;
        chosen.add(op);
        grew = true;
        if (needs !== undefined && this.scarce(from, needs.dimension)) wanted.add(needs.dimension);
      }
    }
    return all.filter((op) => chosen.has(op));
  }

  /** Whether the pending changes may need more of a dimension than there is. */
  private scarce({ vector, applied }: Configuration, dimension: number): boolean {
    let needed = 0;
    for (const op of this.pending.list) {
      const { needs } = this.quantities.operations[op] as Change;
      if (needs?.dimension === dimension && !applied.includes(op)) needed += needs.amount;
    }
    return needed > vector[dimension];
  }

  /** Whether the order of these changes makes no difference to what is possible. */
  private plenty(from: Configuration, changes: readonly number[]): boolean {
    if (this.mode === 'relaxed') return true;
    return changes.every((op) => {
      const { needs } = this.quantities.operations[op] as Change;
      return needs === undefined || !this.scarce(from, needs.dimension);
    });
  }

  private legal(vector: Float64Array, { needs }: Change): boolean {
    return needs === undefined || this.mode === 'relaxed' || vector[needs.dimension] >= needs.amount;
  }

  private apply(from: Configuration, op: number): Configuration {
    const { dimensions, deltas } = this.quantities.operations[op] as Change;
    const vector = from.vector.slice();
    for (let at = 0; at < dimensions.length; at++) vector[dimensions[at]] += deltas[at];
    const next = { ...from, vector, applied: inserted(from.applied, op) };
    let { observed } = from;
    for (const observation of this.openObservations) {
      if (!observed.includes(observation) && this.holds(next, observation)) observed = inserted(observed, observation);
    }
    return observed === from.observed ? next : { ...next, observed };
  }

  private holds(configuration: Configuration, observation: number): boolean {
    const seen = this.quantities.operations[observation] as Exact | Below;
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
}
