import { type Configuration, Frontier } from './configuration.js';
import { decode, type DecodeLimits } from './decode.js';
import { LikelySets } from './likely.js';
import type { Moment } from './moment.js';
import { type Exact, NEVER } from './quantities.js';

const GREEDY_OPTIONAL = 2;
const FEW_OPTIONAL = 5;
/** Orders of one set of changes that are followed at once; sets of more than a handful are rare. */
const BEAM = 256;
const UNBOUNDED = 0x7fffffff;

/** Ways to make an exact observation: sets of pending changes that add up to it, in the orders that matter. */
export class Explanations {
  private readonly likely: LikelySets;

  constructor(private readonly moment: Moment) {
    this.likely = new LikelySets(moment.quantities, moment.deadline);
  }

  sets(from: Configuration, seen: Exact, candidates: readonly number[]): readonly (readonly number[])[] {
    return seen.holds === undefined
      ? this.setsAddingUp(from, seen, candidates)
      : this.setsHeld(from, seen, seen.holds, candidates);
  }

  /**
   * Where it was seen which changes had taken effect, those of them that have not yet do so, whether or not they move
   * anything, and no other in scope. Only the rest is open.
   */
  private setsHeld(
    from: Configuration,
    seen: Exact,
    { members, inScope }: NonNullable<Exact['holds']>,
    candidates: readonly number[],
  ): readonly (readonly number[])[] {
    const { moment } = this;
    const open = new Set(candidates);
    const due: number[] = [];
    for (const op of members) {
      if (op < 0) return [];
      if (moment.isSettled(op) || from.applied.includes(op)) continue;
      if (!open.has(op)) return [];
      due.push(op);
    }
    const vector = from.vector.slice();
    for (const op of due) {
      const { dimensions, deltas } = moment.change(op);
      for (let at = 0; at < dimensions.length; at++) vector[dimensions[at]] += deltas[at];
    }
    if (moment.mode === 'greedy' && !moment.plenty(from, candidates)) moment.complete = false;
    const others = candidates.filter((op) => !inScope(op));
    return this.setsAddingUp({ ...from, vector }, seen, others).map((set) => [...due, ...set]);
  }

  private setsAddingUp(
    from: Configuration,
    seen: Exact,
    candidates: readonly number[],
  ): readonly (readonly number[])[] {
    const { quantities, deadline, mode } = this.moment;
    const optional = candidates.filter((op) => quantities.returns[op] === NEVER).length;
    if (mode === 'greedy' && optional > FEW_OPTIONAL) return this.likelyExplanations(from, seen, candidates);
    const limits: DecodeLimits =
      mode === 'greedy'
        ? { optional: UNBOUNDED, nodes: 4_000, solutions: 32, sets: 'needed' }
        : { optional: UNBOUNDED, nodes: 4_000_000, solutions: 100_000, sets: mode === 'exact' ? 'all' : 'needed' };
    if (mode === 'greedy' && candidates.length > 0 && !this.moment.plenty(from, candidates))
      this.moment.complete = false;
    const { sets, complete } = decode(quantities, from.vector, seen, candidates, limits, deadline);
    if (!complete) this.moment.complete = false;
    return sets;
  }

  /** Few unknown changes take effect between two observations: with none of them, or one, or two. */
  private likelyExplanations(
    from: Configuration,
    seen: Exact,
    candidates: readonly number[],
  ): readonly (readonly number[])[] {
    const { quantities, deadline, generosity, pending } = this.moment;
    this.moment.complete = false;
    const nodes = generosity > 0 ? 40_000 : 4_000;
    const most = GREEDY_OPTIONAL + generosity;
    const limits: DecodeLimits = { optional: 0, nodes, solutions: 32, sets: 'needed' };
    const withCertain = () => {
      const certain = candidates.filter((op) => quantities.returns[op] !== NEVER);
      return decode(quantities, from.vector, seen, certain, limits, deadline).sets;
    };
    // The commonest case by far: one configuration, and nothing unknown took effect.
    let found = generosity === 0 && from.applied.length === 0 ? withCertain() : undefined;
    if (found !== undefined && found.length > 0) return found;
    const likely = this.likely.find(from, seen, pending.list, candidates, most);
    if (likely !== undefined) return generosity === 0 && likely[0].length > 0 ? likely[0] : likely.flat();
    found ??= withCertain();
    for (let optional = 1; optional <= most; optional++) {
      if (found.length > 0 && generosity === 0) break;
      const { sets } = decode(quantities, from.vector, seen, candidates, { ...limits, optional }, deadline);
      // Sets with more unknown changes come besides those with fewer.
      if (sets.length > found.length) found = sets;
    }
    return found;
  }

  /** Applies a set of changes in every order that makes a difference. */
  orders(from: Configuration, set: readonly number[], goal: number): readonly Configuration[] {
    const { moment } = this;
    const others = moment.openObservations.length > from.observed.length + (from.observed.includes(goal) ? 0 : 1);
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
          moment.deadline.tick();
          if (moment.legal(configuration.vector, moment.change(op))) next.add(moment.apply(configuration, op));
        }
      }
      level = next.list;
      if (level.length > BEAM && moment.mode === 'greedy') {
        moment.complete = false;
        level = level.slice(0, BEAM);
      }
      moment.deadline.hold(level.length);
    }
    return level;
  }

  /** Always the first change that is possible; undefined where that leads nowhere, though another order may not. */
  private anyOrder(from: Configuration, set: readonly number[]): Configuration | undefined {
    let at = from;
    const left = [...set];
    while (left.length > 0) {
      const place = left.findIndex((op) => this.moment.legal(at.vector, this.moment.change(op)));
      if (place < 0) return undefined;
      at = this.moment.apply(at, left[place]);
      left.splice(place, 1);
    }
    return at;
  }
}
