/**
 * What other threads bring: `npx tsx bench/linearizability-threads.ts [keys] [operations a key] [concurrency a key]`, by
 * default 100 keys of 10,000 operations on cas registers, 20 open and 1 % unknown each. Where the machine is busy, seconds
 * by the clock tell how busy; what the main thread needs of the processor is what would be left on an idle one.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { UNLIMITED } from '../checkers/checker.js';
import { linearizable } from '../checkers/linearizability/linearizability.js';
import type { Model } from '../checkers/model.js';
import { casRegister } from '../checkers/models/register.js';
import { type EventInput, historyOf } from '../harness/history/builder.js';
import { generate } from './generate.js';

const [keys, each, concurrency] = [
  Number(process.argv[2] ?? 100),
  Number(process.argv[3] ?? 10_000),
  Number(process.argv[4] ?? 20),
];

function* eventsOf(key: number): Generator<EventInput> {
  const history = generate({
    kind: 'cas',
    operations: each,
    concurrency,
    infoShare: 0.01,
    flaw: 'none',
    seed: key + 1,
  });
  for (const { process, type, f, value } of history.events()) {
    yield { process: process as number, type, f, value: value ?? null, key: `k${key}` };
  }
}

const parts = Array.from({ length: keys }, (_, key) => [...eventsOf(key)]);
// Processes of different keys are different ones.
const history = historyOf(
  parts.flatMap((events, key) =>
    events.map((event) => ({ ...event, process: Number(event.process) + key * 1_000_000 })),
  ),
);

/** Of this thread alone, by Linux. */
function mainThreadMs(): number {
  const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

for (let round = 0; round < 3; round++) {
  for (const threads of [1, 2]) {
    const help = threads === 1 ? { threads, fromEvents: Infinity, fromMs: Infinity } : undefined;
    const [started, cpu, main] = [performance.now(), process.cpuUsage(), mainThreadMs()];
    const { validity } = await linearizable(casRegister as Model<unknown>, help).check(history, {
      budget: { ...UNLIMITED, timeMs: 600_000 },
      options: {},
    });
    const { user, system } = process.cpuUsage(cpu);
    const cells = [
      threads === 1 ? 'alone' : 'with others',
      validity,
      `clock ${((performance.now() - started) / 1e3).toFixed(2)} s`,
      `processor ${((user + system) / 1e6).toFixed(2)} s`,
      `of it main thread ${((mainThreadMs() - main) / 1e3).toFixed(2)} s`,
    ];
    console.log(cells.join('  '));
  }
}
console.log(`load ${loadavg()[0].toFixed(1)}`);
