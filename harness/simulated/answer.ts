import type { KvOutcome } from '../../docker/system.js';
import type { Behaviour } from './behaviour.js';
import type { Command } from './store.js';

/** What a client is told. `fail` promises that nothing happened. */
export type Answer =
  | { readonly kind: 'ok'; readonly outcome: KvOutcome }
  | { readonly kind: 'fail' | 'info'; readonly code: string; readonly message: string };
export type Reply = (answer: Answer) => void;

const DEPOSED = 'the leader stepped down while the request was under way';
export const NO_LEADER: Answer = {
  kind: 'fail',
  code: 'no-leader',
  message: 'no leader is known; nothing was proposed',
};

export const UNKNOWN: Answer = { kind: 'info', code: 'leader-changed', message: DEPOSED };

export function ok(outcome: KvOutcome): Answer {
  return { kind: 'ok', outcome };
}

/** What is said of a write that was under way when the leader stepped down. */
export function leaderLost({ then }: Command, { onLeaderLoss }: Behaviour): Answer {
  switch (onLeaderLoss) {
    case 'unknown':
      return UNKNOWN;
    case 'failed':
      return { kind: 'fail', code: 'leader-changed', message: DEPOSED };
    case 'succeeded':
      return ok({ succeeded: true, results: then.map(() => []) });
  }
}
