/**
 * How far past its time budget a check goes: `npx tsx bench/deadline.ts [budget ms…]`, by default 50, 200 and 1000.
 * Histories that take longer than that; the goal is 100 ms at most (on a machine with nothing else to do).
 */
import { linearizable } from '../checkers/linearizability/linearizability.js';
import type { Model } from '../checkers/model.js';
import { stack } from '../checkers/models/queue.js';
import { casRegister } from '../checkers/models/register.js';
import { type EventInput, historyOf } from '../harness/history/builder.js';
import type { History } from '../harness/history/history.js';
import { generate, type Kind } from './generate.js';

const budgets = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [50, 200, 1_000];

/** Many pushes open at once: every order of them is possible, and every one is another stack. */
function pushes(open: number): History {
  const invoked = Array.from({ length: open }, (_, process) => ({ process, f: 'push', value: process }));
  return historyOf(roundOf(invoked));
}

/** Every value is written and changed into two others, all at once, again and again. */
function knot(values: number, rounds: number): History {
  let process = 0;
  const events: EventInput[] = [];
  for (let round = 0; round < rounds; round++) {
    const open = Array.from({ length: values }, (_, value) => [
      { process: process++, f: 'write', value },
      { process: process++, f: 'cas', value: [value, (value + 1) % values] },
      { process: process++, f: 'cas', value: [value, (value + 2) % values] },
    ]);
    events.push(...roundOf(open.flat()));
  }
  return historyOf(events);
}

function roundOf(operations: readonly Omit<EventInput, 'type'>[]): EventInput[] {
  return (['invoke', 'ok'] as const).flatMap((type) => operations.map((operation) => ({ ...operation, type })));
}

const recipe = (kind: Kind, operations: number, concurrency: number, infoShare: number, flaw: 'none' | 'stale') =>
  [
    `${kind} ${operations} c ${concurrency} ${infoShare * 100} % ${flaw}`,
    casRegister as Model<unknown>,
    () => generate({ kind, operations, concurrency, infoShare, flaw, seed: 7 }),
  ] as const;

const cases: readonly (readonly [string, Model<unknown>, () => History])[] = [
  ['20 pushes at once', stack as Model<unknown>, () => pushes(20)],
  ['knot of 8 values', casRegister as Model<unknown>, () => knot(8, 50)],
  ['knot of 16 values', casRegister as Model<unknown>, () => knot(16, 50)],
  recipe('register', 10_000_000, 20, 0.01, 'stale'),
  recipe('unique-cas', 3_000_000, 20, 0.01, 'stale'),
  recipe('cas', 1_000_000, 50, 0.01, 'none'),
  recipe('cas', 1_000_000, 20, 0.01, 'stale'),
  recipe('few', 1_000_000, 50, 0.01, 'stale'),
  recipe('kv', 3_000_000, 20, 0.01, 'stale'),
];

let worst = 0;
for (const [name, model, make] of cases) {
  const history = make();
  for (const timeMs of budgets) {
    const started = performance.now();
    const { validity } = await linearizable(model).check(history, {
      budget: { timeMs, memoryBytes: 4 * 1024 ** 3 },
      options: {},
    });
    const tookMs = performance.now() - started;
    const overMs = tookMs - timeMs;
    if (validity === 'unknown') worst = Math.max(worst, overMs);
    console.log(`${name}: ${timeMs} ms → ${validity} after ${tookMs.toFixed(0)} ms (${overMs.toFixed(0)} ms over)`);
  }
}
console.log(`worst: ${worst.toFixed(0)} ms over; goal 100`);
