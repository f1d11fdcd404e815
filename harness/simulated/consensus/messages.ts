import type { Entry } from './log.js';

export interface VoteRequest {
  readonly term: number;
  readonly candidate: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

export interface Append {
  readonly term: number;
  readonly leader: number;
  readonly previousIndex: number;
  readonly previousTerm: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
  /** Counts the leader's questions whether it still leads. */
  readonly round: number;
}

export interface AppendAnswer {
  readonly term: number;
  readonly from: number;
  readonly round: number;
  readonly accepted: boolean;
  /** Accepted: the log agrees up to there. Refused: it may agree up to there. */
  readonly index: number;
}
