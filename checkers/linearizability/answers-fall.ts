import { integerOf, plus } from '../../harness/history/values/numbers.js';
import { amountAdded, type CounterType } from './jumps.js';
import type { ModelOperation } from '../model.js';
import type { Partition } from './partition.js';

/** Two operations that contradict each other whatever others added, and the event by which they are complete. */
export interface Fall {
  readonly ops: readonly [number, number];
  readonly event: number;
}

/**
 * A number whose answers go back: an operation that was invoked after another had returned answered less than that
 * one left behind. Linear, and unknown increments do not matter: nothing makes the number smaller. Undefined where there
 * is none (which proves nothing), or where something may decrease the number.
 */
export function answersFall({ count, classes, classOf, events }: Partition, type: CounterType): Fall | undefined {
  const amounts = classes.map((operation) => amountAdded(type, operation));
  if (amounts.includes(undefined)) return undefined;
  const answers = classes.map(({ f, output }) =>
    type.tells === 'every operation' || f === type.read ? (integerOf(output) ?? fraction(output)) : undefined,
  );
  const tooLate = new Int32Array(count).fill(-1);
  let reached: number | bigint = Number.NEGATIVE_INFINITY;
  let by = -1;
  for (let event = 0; event < events.length; event++) {
    const op = events[event] < 0 ? ~events[event] : events[event];
    const answer = answers[classOf[op]];
    if (answer === undefined) continue;
    if (events[event] >= 0) {
      if (answer < reached) tooLate[op] = by;
      continue;
    }
    if (tooLate[op] !== -1) return { ops: [tooLate[op], op], event };
    const left = plus(answer, amounts[classOf[op]]!);
    if (left <= reached) continue;
    reached = left;
    by = op;
  }
  return undefined;
}

function fraction(output: ModelOperation['output']): number | undefined {
  return typeof output === 'number' ? output : undefined;
}
