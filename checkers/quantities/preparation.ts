import { type Configuration, Frontier, without } from './configuration.js';
import { Explanations } from './explanations.js';
import { Exploration, type Goal } from './exploration.js';
import type { Moment } from './moment.js';
import type { Below, Change, Exact } from './quantities.js';

/** What has to take effect, or to be seen, before an operation can return. */
export class Preparation {
  private readonly explanations: Explanations;
  private readonly exploration: Exploration;

  constructor(private readonly moment: Moment) {
    this.explanations = new Explanations(moment);
    this.exploration = new Exploration(moment);
  }

  /** Every way to get `op` done from a configuration that has not, as far as the mode looks. */
  bring(from: Configuration, op: number, after: Frontier): void {
    const operation = this.moment.quantities.operations[op];
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
      this.moment.deadline.tick();
      this.moment.deadline.hold(seen.list.length);
      switch (operation.kind) {
        case 'change':
          if (this.moment.legal(next.vector, operation)) {
            const done = this.moment.apply(next, op);
            after.add({ ...done, applied: without(done.applied, op) });
          }
          push(this.beforeChange(next, op, operation));
          break;
        case 'exact':
          push(this.beforeExact(next, op, operation));
          break;
        case 'below':
          push(this.exploration.explore(next, -1, below(operation), 'if needed'));
          push(this.otherObservations(next, op, []));
          break;
      }
    }
  }

  /** What may have to come before a change: what makes it possible, and observations that it would spoil. */
  private beforeChange(from: Configuration, op: number, change: Change): readonly Configuration[] {
    const { needs } = change;
    const legal = this.moment.legal(from.vector, change);
    const free =
      legal && (needs === undefined || this.moment.mode === 'relaxed' || !this.moment.scarce(from, needs.dimension));
    const spoilt = this.moment.openObservations.filter(
      (observation) => !from.observed.includes(observation) && this.moment.spoils(change, observation),
    );
    if (free && spoilt.length === 0) return [];
    const found = [...this.otherObservations(from, op, spoilt)];
    if (free || needs === undefined) return found;
    // Where there is enough for this change but not for all, others may have to go first, or never can.
    if (this.moment.mode === 'exact' || !legal || this.moment.generosity > 0) {
      const spending = legal ? 'never' : 'if needed';
      const goal: Goal = { dimension: needs.dimension, wanted: 'at least', limit: needs.amount };
      found.push(...this.exploration.explore(from, op, goal, spending));
    } else this.moment.complete = false;
    return found;
  }

  /**
   * Ways to an exact observation, directly or by way of another one. Directly is not enough even where the other is of
   * the same dimensions: with +3 and −3 pending, a read of 3 comes before a read of 0 by changes that add up to nothing.
   */
  private beforeExact(from: Configuration, op: number, seen: Exact): readonly Configuration[] {
    const sets = this.explanations.sets(from, seen, this.moment.pending.all(from.applied, -1));
    if (sets.length === 0) return [];
    return [
      ...sets.flatMap((set) => this.explanations.orders(from, set, op)).filter(({ observed }) => observed.includes(op)),
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
    const excluded = this.moment.quantities.operations[op].kind === 'change' ? op : -1;
    for (const observation of this.moment.openObservations) {
      if (observation === op || from.observed.includes(observation)) continue;
      const seen = this.moment.observation(observation);
      if (seen.kind === 'exact') found.push(...this.reach(from, observation, seen, excluded));
      else if (this.moment.mode === 'exact' || spoilt.includes(observation)) {
        found.push(...this.exploration.explore(from, excluded, below(seen), 'if free'));
      } else this.moment.complete = false;
    }
    return found;
  }

  /** Every configuration in which an exact observation has just been made. */
  private reach(from: Configuration, observation: number, seen: Exact, excluded: number): readonly Configuration[] {
    const candidates = this.moment.pending.all(from.applied, excluded);
    const found: Configuration[] = [];
    for (const set of this.explanations.sets(from, seen, candidates)) {
      for (const next of this.explanations.orders(from, set, observation)) {
        if (next.observed.includes(observation)) found.push(next);
      }
    }
    return found;
  }
}

function below({ dimension, limit }: Below): Goal {
  return { dimension, wanted: 'below', limit };
}
