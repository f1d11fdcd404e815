import { type History, INVOKE, NEMESIS, NONE } from '../../harness/history/history.js';
import type { Restore } from '../../harness/history/restores.js';

/**
 * A client's operation, and the timeline that it belongs to: 0 before the first disaster, 1 after it… Whoever was asked
 * before the old cluster was gone for good was the old one, and whoever was asked later is the new one: sessions go to one
 * address, and no address is used twice.
 */
export interface TimedOperation {
  /** Positions in the history. */
  readonly invocation: number;
  readonly completion: number;
  readonly timeline: number;
  /** Journal indices; an operation without completion ends at infinity. */
  readonly begin: number;
  readonly end: number;
}

/** The operations of clients, oldest invocation first. */
export function operationsOf({ columns }: History, restores: readonly Restore[]): readonly TimedOperation[] {
  const { length, processes, types, pairs, indices } = columns;
  const operations: TimedOperation[] = [];
  let timeline = 0;
  for (let invocation = 0; invocation < length; invocation++) {
    if (processes[invocation] === NEMESIS || types[invocation] !== INVOKE) continue;
    const begin = indices[invocation];
    while (timeline < restores.length && restores[timeline].destroyed < begin) timeline++;
    const completion = pairs[invocation];
    const end = completion === NONE ? Number.POSITIVE_INFINITY : indices[completion];
    operations.push({ invocation, completion, timeline, begin, end });
  }
  return operations;
}

/**
 * Where an operation's completion stands in the order of events. What the old cluster answered it did before it was gone,
 * however late the answer was read.
 */
export function endPlace({ timeline, end }: TimedOperation, restores: readonly Restore[]): number {
  const { destroyed } = restores[timeline] ?? { destroyed: Number.POSITIVE_INFINITY };
  return Math.min(end, destroyed - 0.5);
}
