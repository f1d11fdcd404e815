import { historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { EventType, Json } from '../../harness/history/operation.js';
import { type CheckContext, UNLIMITED } from '../checker.js';

/** One event of a hand-written history. */
export type Line = readonly [process: number, type: EventType, f: string, value?: Json, key?: string];

/** A history from a few lines, in real-time order. */
export function script(...lines: readonly Line[]): History {
  return historyOf(
    lines.map(([process, type, f, value, key]) => ({
      process,
      type,
      f,
      value: value ?? null,
      ...(key !== undefined && { key }),
    })),
  );
}

/** An operation that nothing overlaps: its invocation and completion. Each gets a process of its own. */
export function sequential(...operations: readonly [f: string, input: Json, type: EventType, output?: Json][]): Line[] {
  return operations.flatMap(([f, input, type, output], process): Line[] => [
    [process, 'invoke', f, input],
    [process, type, f, output === undefined ? input : output],
  ]);
}

export function contextWith(options: Readonly<Record<string, Json>> = {}): CheckContext {
  return { budget: UNLIMITED, options };
}
