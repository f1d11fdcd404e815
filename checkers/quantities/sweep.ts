import type { Deadline } from '../linearizability/budget.js';
import { type Configuration, Frontier, inserted, without } from './configuration.js';
import { type Generosity, Moment, type MomentMemory, type SweepMode } from './moment.js';
import { Preparation } from './preparation.js';
import { NEVER, type Quantities } from './quantities.js';

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

interface Saved {
  /** Event that comes next. */
  readonly event: number;
  readonly frontier: readonly Configuration[];
  readonly moment: MomentMemory;
}

const GREEDY_CONFIGURATIONS = 512;
const GENEROUS_CONFIGURATIONS = 4_096;
/** Events between moments that are remembered, and how many are. */
const SAVE_EVERY = 64;
const MOST_SAVED = 64;

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
  private readonly moment: Moment;
  private readonly preparation: Preparation;
  private frontier: readonly Configuration[];
  private most = 1;
  private event = 0;
  /** Event up to which the greedy pass looks further, and how much. */
  private generousUntil = -1;
  private generosity: Generosity = 0;
  private saved: Saved[] = [];

  constructor(
    private readonly quantities: Quantities,
    private readonly mode: SweepMode,
    private readonly deadline: Deadline,
  ) {
    this.moment = new Moment(quantities, mode, deadline);
    this.preparation = new Preparation(this.moment);
    this.frontier = quantities.starts.map((vector, start) => ({
      vector: vector.slice(),
      start,
      applied: [],
      observed: [],
    }));
  }

  /** From where it is to the end. @throws OutOfBudget */
  run(): SweepResult {
    const { moment } = this;
    const { events } = this.quantities;
    for (; this.event < events.length; this.event++) {
      this.deadline.tick();
      if (this.mode === 'greedy' && this.event % SAVE_EVERY === 0) this.save();
      moment.generosity = this.event <= this.generousUntil ? this.generosity : 0;
      this.reset();
      const code = events[this.event];
      if (code >= 0) {
        this.begin(code);
        continue;
      }
      const before = this.frontier;
      this.finish(~code);
      if (this.frontier.length === 0) {
        return { kind: 'died', event: this.event, complete: moment.complete, before, most: this.most };
      }
    }
    return { kind: 'survived', most: this.most };
  }

  /** Goes back by at least so many events (as far as it is remembered), to look further up to where it was. */
  lookAgain(eventsBack: number, generosity: Generosity): void {
    this.generosity = generosity;
    this.generousUntil = Math.max(this.generousUntil, this.event);
    const before = this.event - eventsBack;
    while (this.saved.length > 1 && this.saved[this.saved.length - 1].event > before) this.saved.pop();
    const { event, frontier, moment } = this.saved[this.saved.length - 1];
    this.event = event;
    this.frontier = frontier;
    this.moment.restore(moment);
  }

  private save(): void {
    const { event, frontier, saved } = this;
    if (saved.length > 0 && saved[saved.length - 1].event >= event) return;
    saved.push({ event, frontier, moment: this.moment.save() });
    if (saved.length > 2 * MOST_SAVED) this.saved = saved.slice(-MOST_SAVED);
  }

  /** Dimensions that begin anew. Configurations may be remembered elsewhere, so they stay as they are. */
  private reset(): void {
    const dimensions = this.quantities.resets.get(this.event);
    if (dimensions === undefined) return;
    this.frontier = this.frontier.map((configuration) => {
      const vector = configuration.vector.slice();
      for (const dimension of dimensions) vector[dimension] = 0;
      return { ...configuration, vector };
    });
  }

  private begin(op: number): void {
    const { moment } = this;
    const { kind } = this.quantities.operations[op];
    if (kind === 'change') {
      moment.pending.add(op);
      return;
    }
    if (kind === 'below' && this.mode === 'relaxed') return;
    moment.openObservations = inserted(moment.openObservations, op);
    // An observation that is right as things stand is made at once: that excludes nothing later.
    this.frontier = this.frontier.map((c) => (moment.holds(c, op) ? { ...c, observed: inserted(c.observed, op) } : c));
  }

  private finish(op: number): void {
    const { moment } = this;
    const { kind } = this.quantities.operations[op];
    if (kind === 'below' && this.mode === 'relaxed') return;
    if (kind === 'change' && moment.isSettled(op)) return;
    const after = new Frontier();
    for (const configuration of this.frontier) {
      if (kind === 'change' && configuration.applied.includes(op)) {
        after.add({ ...configuration, applied: without(configuration.applied, op) });
      } else if (kind !== 'change' && configuration.observed.includes(op)) {
        after.add({ ...configuration, observed: without(configuration.observed, op) });
      } else this.preparation.bring(configuration, op, after);
    }
    if (kind === 'change') {
      moment.pending.remove(op);
      moment.settle(op);
    } else moment.openObservations = without(moment.openObservations, op);
    this.frontier = this.bounded(after.list);
    this.most = Math.max(this.most, this.frontier.length);
    this.settleCommon();
  }

  private bounded(list: readonly Configuration[]): readonly Configuration[] {
    this.deadline.hold(list.length);
    const limit = this.moment.generosity > 0 ? GENEROUS_CONFIGURATIONS : GREEDY_CONFIGURATIONS;
    if (this.mode !== 'greedy' || list.length <= limit) return list;
    this.moment.complete = false;
    const spent = ({ applied }: Configuration) => applied.filter((op) => this.quantities.returns[op] === NEVER).length;
    return [...list].sort((a, b) => spent(a) - spent(b)).slice(0, limit);
  }

  /** What the only configuration has needs no remembering: it is part of whatever follows. */
  private settleCommon(): void {
    if (this.frontier.length !== 1 || this.frontier[0].applied.length === 0) return;
    for (const op of this.frontier[0].applied) {
      this.moment.pending.remove(op);
      this.moment.settle(op);
    }
    this.frontier = [{ ...this.frontier[0], applied: [] }];
  }
}
