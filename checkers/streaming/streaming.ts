import type { StreamingChecker } from '../checker.js';
import { streamRegisters } from '../linearizability/stream.js';
import { streamBank } from './bank.js';
import { streamQueue, streamSet } from './collections.js';
import { streamCounter } from './counter.js';
import { streamInventory } from './inventory.js';
import { streamLock } from './lock.js';
import { streamTransactions } from './transactions.js';
import type { StreamContext } from './watch.js';

export type { StreamContext } from './watch.js';

/**
 * Judges that follow a history while it grows, by workload. Each tells within a few events what is certain by then, in
 * memory that depends on what is open (and on keys or accounts), not on the length. What takes the whole history (cycles,
 * lost elements, stale reads where they may yet be explained) is for the checkers.
 */
export const streamingCheckers: Readonly<Record<string, (context: StreamContext) => StreamingChecker>> = {
  register: ({ options }) =>
    streamRegisters({ ...(options['initial'] !== undefined && { initial: options['initial'] }) }),
  bank: streamBank,
  inventory: streamInventory,
  append: streamTransactions,
  wr: streamTransactions,
  set: streamSet,
  queue: streamQueue,
  lock: streamLock,
  counter: streamCounter,
};
