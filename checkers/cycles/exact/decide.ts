import type { Transactions } from '../../transactions/transactions.js';
import { OverBudget, type Limits } from '../limits.js';
import type { TimeOrdering } from '../polygraph/time.js';
import { constraintsOf } from './constraints.js';
import { factsOf, type Facts } from './facts.js';
import { knotsOf } from './knots.js';
import { Part } from './part.js';
import { satisfiable } from './search.js';
import { SHAPES, type Shape, type ShapeName } from './shapes.js';

export type OpenDecision =
  | { readonly kind: 'valid' }
  /** Transactions that no order of their writes satisfies even alone, ascending, a minimal set unless it is large. */
  | { readonly kind: 'invalid'; readonly witness: readonly number[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Members given to the search while a witness is made smaller, in all. */
const MOST_WORK = 200_000;

/**
 * Decides whether the versions of every key can be put in an order that a level allows, lists and registers alike: what
 * reads order stays, what they leave open is searched, part by part. Whoever calls has seen that every single read is a
 * possible one.
 */
export function decideOpen(
  transactions: Transactions,
  shape: ShapeName,
  order: TimeOrdering,
  limits: Limits,
): OpenDecision {
  try {
    const facts = factsOf(transactions, limits);
    return new Decision(facts, SHAPES[shape], order, limits).run();
  } catch (error) {
    if (error instanceof OverBudget) return { kind: 'unknown', reason: error.message };
    throw error;
  }
}

class Decision {
  constructor(
    private readonly facts: Facts,
    private readonly shape: Shape,
    private readonly order: TimeOrdering,
    private readonly limits: Limits,
  ) {}

  run(): OpenDecision {
    let unknown: string | undefined;
    for (const members of knotsOf(this.facts, this.order)) {
      this.limits.look('ordering transactions');
      try {
        if (!this.possible(members)) return { kind: 'invalid', witness: this.witness(members) };
      } catch (error) {
        if (!(error instanceof OverBudget)) throw error;
        this.limits.look('ordering transactions');
        unknown ??= error.message;
      }
    }
    return unknown === undefined ? { kind: 'valid' } : { kind: 'unknown', reason: unknown };
  }

  private possible(members: Int32Array): boolean {
    const { facts, shape, order, limits } = this;
    const part = new Part(facts, members);
    // Databases mostly order writes as they complete them, and then nothing has to be searched.
    const guessed = constraintsOf(part, shape, order, limits, true);
    if (guessed.known.forbidden.length === 0 && satisfiable(guessed, limits)) return true;
    return satisfiable(constraintsOf(part, shape, order, limits), limits);
  }

  /** Leaves out chunks, halving them down to single members (ddmin, Zeller and Hildebrandt 2002). */
  private witness(members: Int32Array): number[] {
    let witness = members;
    let work = 0;
    try {
      for (let chunk = Math.ceil(witness.length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
        for (let at = 0; at < witness.length && work < MOST_WORK;) {
          const from = at;
          const rest = witness.filter((_, i) => i < from || i >= from + chunk);
          work += rest.length;
          if (this.possible(rest)) at += chunk;
          else witness = rest;
        }
      }
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
    }
    return Array.from(witness, (member) => this.facts.transactions[member]);
  }
}
