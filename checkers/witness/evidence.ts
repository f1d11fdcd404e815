import type { Json, Operation } from '../../harness/history/operation.js';
import type { Premise } from '../checker.js';

/** Position of a completion that is not listed or never came: the operation may take effect at any later time, or never. */
export const NEVER = Number.POSITIVE_INFINITY;

/** An operation of a witness. Its outcome counts only where the completion is listed too. */
export interface Listed {
  readonly invocation: Operation;
  readonly completion: Operation | undefined;
  /** `unknown`: info, never completed, or the completion is not listed. */
  readonly outcome: 'ok' | 'fail' | 'unknown';
  /** Positions in the order of real time. */
  readonly invokedAt: number;
  readonly completedAt: number;
}

/** All that a proof may use: nothing of the history besides what is listed, and facts that were found to be true. */
export interface Evidence {
  readonly kind: string;
  readonly rulesOut: readonly string[];
  readonly details: Readonly<Record<string, Json>>;
  /** By invocation. */
  readonly operations: readonly Listed[];
  readonly premises: readonly Premise[];
  /** A proof gives up, as too long, when there is no more. */
  hasTime(): boolean;
}

/** What came of a proof; `why` says what is missing. */
export type Proof = { readonly proven: true } | { readonly proven: false; readonly why: string };

export const PROVEN: Proof = { proven: true };

export function unproven(why: string): Proof {
  return { proven: false, why };
}

/**
 * Shows that no execution that the evidence allows is one that the anomaly's promise allows. More evidence never makes it
 * fail: so whatever can be left out one by one leaves a minimal witness.
 */
export type Prove = (evidence: Evidence) => Proof;
