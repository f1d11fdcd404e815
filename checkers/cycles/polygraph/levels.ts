import type { Isolation } from './isolation.js';
import type { TimeOrdering } from './time.js';

/** A consistency model that is decided exactly. */
export interface ExactLevel {
  readonly model: string;
  readonly isolation: Isolation;
  readonly order: TimeOrdering;
}

/** Stronger before weaker. */
export const LEVELS: readonly ExactLevel[] = [
  { model: 'strict-serializable', isolation: 'serializable', order: 'realtime' },
  { model: 'strong-session-serializable', isolation: 'serializable', order: 'process' },
  { model: 'serializable', isolation: 'serializable', order: 'none' },
  { model: 'strong-snapshot-isolation', isolation: 'snapshot-isolation', order: 'realtime' },
  { model: 'strong-session-snapshot-isolation', isolation: 'snapshot-isolation', order: 'process' },
  { model: 'snapshot-isolation', isolation: 'snapshot-isolation', order: 'none' },
];
