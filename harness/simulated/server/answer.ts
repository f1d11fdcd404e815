import type { Behaviour } from '../behaviour.js';
import { type Command, hopedFor, type Outcome } from '../state/command.js';

/** What a client is told. `fail` promises that nothing happened. */
export type Answer<T = Outcome> =
  | { readonly kind: 'ok'; readonly outcome: T }
  | { readonly kind: 'fail' | 'info'; readonly code: string; readonly message: string };
export type Reply<T = Outcome> = (answer: Answer<T>) => void;

const DEPOSED = 'the leader stepped down while the request was under way';
export const NO_LEADER: Answer<never> = {
  kind: 'fail',
  code: 'no-leader',
  message: 'no leader is known; nothing was proposed',
};

export const UNKNOWN: Answer<never> = { kind: 'info', code: 'leader-changed', message: DEPOSED };

export function ok<T>(outcome: T): Answer<T> {
  return { kind: 'ok', outcome };
}

/** What is said of a write that was under way when the leader stepped down. */
export function leaderLost(command: Command, { onLeaderLoss }: Behaviour): Answer {
  switch (onLeaderLoss) {
    case 'unknown':
      return UNKNOWN;
    case 'failed':
      return { kind: 'fail', code: 'leader-changed', message: DEPOSED };
    case 'succeeded':
      return ok(hopedFor(command));
  }
}
