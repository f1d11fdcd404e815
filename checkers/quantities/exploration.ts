import { type Configuration, Frontier } from './configuration.js';
import type { Moment } from './moment.js';
import { NEVER } from './quantities.js';

const GREEDY_EXPLORED = 400;

/** Whether unknown changes are used where certain ones do, where only they do, or not at all. */
export type Spending = 'if free' | 'if needed' | 'never';

/** A quantity that is wanted: less than a limit, or at least that much. */
export interface Goal {
  readonly dimension: number;
  readonly wanted: 'below' | 'at least';
  readonly limit: number;
}

/** Configurations a few changes further, towards a state in which something is possible. */
export class Exploration {
  constructor(private readonly moment: Moment) {}

  /**
   * Configurations reached by pending changes that bear on a goal. Exact: one change further, for the caller to go
   * on from. Greedy: as far as it takes to reach the goal, and no further; changes of unknown outcome are spent only
   * where there is no other way, for there are ever more of them, and each would be another configuration.
   */
  explore(from: Configuration, excluded: number, goal: Goal, spending: Spending): readonly Configuration[] {
    const { moment } = this;
    const candidates = this.bearingOn(from, goal.dimension, excluded);
    if (moment.mode === 'exact') return this.oneFurther(from, candidates);
    if (!moment.plenty(from, candidates)) moment.complete = false;
    const certain = candidates.filter((op) => moment.quantities.returns[op] !== NEVER);
    if (certain.length === candidates.length) return this.nearest(from, candidates, goal);
    moment.complete = false;
    const found = this.nearest(from, certain, goal, moment.generosity);
    if (spending === 'never') return found;
    if (moment.generosity > 0) return [...found, ...this.nearestWithUnknown(from, candidates, goal)];
    return found.length > 0 || spending === 'if free' ? found : this.nearestWithUnknown(from, candidates, goal);
  }

  private oneFurther(configuration: Configuration, candidates: readonly number[]): readonly Configuration[] {
    const { moment } = this;
    const found: Configuration[] = [];
    let lastClass = -1;
    for (const op of candidates) {
      const change = moment.change(op);
      // Equal ones stand together, soonest return first: only that one goes next.
      if (change.sameAs === lastClass || configuration.applied.includes(op)) continue;
      lastClass = change.sameAs;
      if (moment.legal(configuration.vector, change)) found.push(moment.apply(configuration, op));
    }
    return found;
  }

  /** There may be hundreds: those that move the quantity the right way first, and only where they fail the others. */
  private nearestWithUnknown(from: Configuration, candidates: readonly number[], goal: Goal): readonly Configuration[] {
    const helpful = candidates.filter((op) => {
      const { dimensions, deltas } = this.moment.change(op);
      const at = dimensions.indexOf(goal.dimension);
      return at >= 0 && (goal.wanted === 'below' ? deltas[at] < 0 : deltas[at] > 0);
    });
    const found = this.nearest(from, helpful, goal);
    return found.length > 0 ? found : this.nearest(from, candidates, goal);
  }

  /** The fewest changes at a time that reach the goal, and where `more` is not 0, ways with so many more. */
  private nearest(from: Configuration, candidates: readonly number[], goal: Goal, more = 0): readonly Configuration[] {
    const seen = new Frontier();
    const found: Configuration[] = [];
    let work: readonly Configuration[] = [from];
    while (work.length > 0) {
      const further: Configuration[] = [];
      for (const next of work.flatMap((configuration) => this.oneFurther(configuration, candidates))) {
        if (!seen.add(next)) continue;
        if (isReached(goal, next.vector)) found.push(next);
        else further.push(next);
      }
      work = further;
      const isEnough = found.length > 0 && more-- <= 0;
      if (!isEnough && seen.list.length <= GREEDY_EXPLORED) continue;
      // What takes more changes than another way did is left for the exact pass.
      if (further.length > 0) this.moment.complete = false;
      break;
    }
    return found;
  }

  /** Pending changes of a dimension, and those that may be needed to make them possible. */
  private bearingOn(from: Configuration, dimension: number, excluded: number): readonly number[] {
    const { moment } = this;
    const all = moment.pending.all(from.applied, excluded);
    const wanted = new Uint8Array(from.vector.length);
    wanted[dimension] = 1;
    const bears = new Uint8Array(all.length);
    for (let grew = true; grew;) {
      grew = false;
      for (let at = 0; at < all.length; at++) {
        if (bears[at] === 1) continue;
        const { dimensions, needs } = moment.change(all[at]);
        if (!dimensions.some((touched) => wanted[touched] === 1)) continue;
        bears[at] = 1;
        if (needs === undefined || wanted[needs.dimension] === 1 || !moment.scarce(from, needs.dimension)) continue;
        wanted[needs.dimension] = 1;
        grew = true;
      }
    }
    return all.filter((_, at) => bears[at] === 1);
  }
}

function isReached({ dimension, wanted, limit }: Goal, vector: Float64Array): boolean {
  return wanted === 'below' ? vector[dimension] < limit : vector[dimension] >= limit;
}
