import type { EventInput } from '../../../harness/history/builder.js';
import type { Json } from '../../../harness/history/operation.js';
import type { Dice } from '../../../harness/kit/random.js';
import type { Mop } from '../brute-force.js';
import { smallFrom, type SmallHistory } from '../oracle.js';

/**
 * Transactions that read anything anybody wrote, no matter when: few of these histories have an execution by luck, and
 * which ones depends on the order of many blind writes. Each transaction on its own makes sense.
 */
export function randomReads(dice: Dice, limit: number): SmallHistory {
  const keys = 1 + dice.int(3);
  const count = 2 + dice.int(limit - 1);
  const next = new Array<number>(keys).fill(1);
  const plans = Array.from({ length: count }, () =>
    Array.from({ length: 1 + dice.int(3) }, (): Mop => {
      const key = dice.int(keys);
      return dice.chance(0.5) ? ['r', key, null] : ['w', key, next[key]++];
    }),
  );
  const left = (writer: number, key: number): readonly number[] =>
    plans[writer].flatMap(([f, other, value]) => (f === 'w' && other === key ? [value as number] : [])).slice(-1);
  const answer = (reader: number): Mop[] => {
    const seen = new Map<number, Json>();
    return plans[reader].map(([f, key, value]): Mop => {
      if (f === 'w') seen.set(key, value);
      if (!seen.has(key)) {
        const others = plans.flatMap((_, writer) => (writer === reader ? [] : left(writer, key)));
        seen.set(key, others.length === 0 || dice.chance(0.2) ? null : dice.pick(others));
      }
      return [f, key, seen.get(key)!];
    });
  };
  return smallFrom(
    'rw-register',
    schedule(
      dice,
      plans,
      plans.map((_, i) => answer(i)),
    ),
  );
}

/** Interleaves invocations and completions of a few processes; now and then an outcome stays unknown. */
function schedule(dice: Dice, plans: readonly (readonly Mop[])[], answers: readonly (readonly Mop[])[]): EventInput[] {
  const events: EventInput[] = [];
  let process = 0;
  const threads = Array.from({ length: 1 + dice.int(4) }, () => process++);
  const open = new Map<number, number>();
  let begun = 0;
  while (begun < plans.length || open.size > 0) {
    const thread = dice.int(threads.length);
    const id = threads[thread];
    const current = open.get(id);
    if (current === undefined) {
      if (begun === plans.length) continue;
      open.set(id, begun);
      events.push({ process: id, type: 'invoke', f: 'txn', value: plans[begun++] as Json });
      continue;
    }
    open.delete(id);
    const known = !dice.chance(0.1);
    const value = (known ? answers[current] : plans[current]) as Json;
    events.push({ process: id, type: known ? 'ok' : 'info', f: 'txn', value });
    if (!known) threads[thread] = process++;
  }
  return events;
}
