import type { Anomaly } from '../checker.js';
import { type Deadline, OutOfBudget } from './budget.js';
import type { Decision } from './decide.js';
import type { SharedObjects } from './shared.js';

/** An object found illegal. */
export type Invalid = Extract<Decision, { readonly validity: 'invalid' }>;

/** The judgement of one object. Plain data: it may come from another thread. */
export interface Judged {
  readonly operations: number;
  readonly decision: Decision;
}

/**
 * The objects of a history that are independent of each other (Herlihy & Wing's locality), by number, and how each is
 * judged. A judgement depends on nothing but the object, the budget apart.
 */
export interface Objects {
  readonly count: number;
  /** Undefined where there is only one. */
  name(object: number): string | undefined;
  /** Events, by which work is divided. */
  size(object: number): number;
  /** @throws UserError for an operation that no such object has */
  judge(object: number, deadline: Deadline): Judged;
  /** @param left told how many operations are left, each time that the witness became smaller */
  explain(object: number, decision: Invalid, deadline: Deadline, left?: (operations: number) => void): Anomaly;
  /** What another thread needs to judge them too; undefined where it could not. */
  share(): SharedObjects | undefined;
}

/** Objects on which no time was left to spend are undecided. */
export function outOfBudget(error: unknown): Decision {
  if (!(error instanceof OutOfBudget)) throw error;
  return { validity: 'unknown', engine: 'search', maxConfigurations: 0, reason: error.message, provenBefore: 0 };
}
