import { type Configuration, Frontier } from './configuration.js';
import type { Moment } from './moment.js';
import { NEVER } from './quantities.js';

const GREEDY_EXPLORED = 400;

/** Whether unknown changes are used where certain ones do, where only they do, or not at all. */
export type Spending = 'if free' | 'if needed' | 'never';

/** Configurations a few changes further, towards a state in which something is possible. */
export class Exploration {
  constructor(private readonly moment: Moment) {}

  /**
   * Configurations reached by pending changes that bear on a dimension. Exact: one change further, for the caller to go
   * on from. Greedy: as far as it takes to reach the goal, and no further; changes of unknown outcome are spent only
   * where there is no other way, for there are ever more of them, and each would be another configuration.
   */
  explore(
    from: Configuration,
    dimension: number,
    excluded: number,
    goal: (vector: Float64Array) => boolean,
    spending: Spending,
  ): readonly Configuration[] {
    const { moment } = this;
    const candidates = this.bearingOn(from, dimension, excluded);
    if (moment.mode === 'exact') return this.oneFurther(from, candidates);
    if (!moment.plenty(from, candidates)) moment.complete = false;
    const certain = candidates.filter((op) => moment.quantities.returns[op] !== NEVER);
    if (certain.length === candidates.length) return this.nearest(from, candidates, goal);
    moment.complete = false;
    const found = this.nearest(from, certain, goal, moment.generosity);
    if (spending === 'never') return found;
    if (moment.generosity > 0) return [...found, ...this.nearest(from, candidates, goal)];
    return found.length > 0 || spending === 'if free' ? found : this.nearest(from, candidates, goal);
  }

  private oneFurther(configuration: Configuration, candidates: readonly number[]): readonly Configuration[] {
    const { moment } = this;
    return candidates
      .filter((op) => !configuration.applied.includes(op) && moment.isNext(op, configuration))
      .filter((op) => moment.legal(configuration.vector, moment.change(op)))
      .map((op) => moment.apply(configuration, op));
  }

  /** The fewest changes at a time that reach the goal, and where `more` is not 0, ways with so many more. */
  private nearest(
    from: Configuration,
    candidates: readonly number[],
    goal: (vector: Float64Array) => boolean,
    more = 0,
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
    const wanted = new Set([dimension]);
    const chosen = new Set<number>();
    for (let grew = true; grew;) {
      grew = false;
      for (const op of all) {
        const { dimensions, needs } = moment.change(op);
        if (chosen.has(op) || !dimensions.some((touched) => wanted.has(touched))) continue;
        chosen.add(op);
        grew = true;
        if (needs !== undefined && moment.scarce(from, needs.dimension)) wanted.add(needs.dimension);
      }
    }
    return all.filter((op) => chosen.has(op));
  }
}
