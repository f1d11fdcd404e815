/**
 * How many operations a second the interpreter sustains against a client that answers at once, with the real journal
 * on disk, and whether memory stays flat.
 *
 *   npx tsx bench/interpreter.ts [--seconds 10] [--concurrency 60] [--directory .]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromFunction, mix, rate, reserve, tagged, timeLimit } from '../harness/generator/combinators.js';
import { Journal } from '../harness/history/journal.js';
import type { Completion, Invocation } from '../harness/history/operation.js';
import { RealClock } from '../harness/kit/clock.js';
import { Random } from '../harness/kit/random.js';
import { Interpreter } from '../harness/run/interpreter.js';
import { LagMeter } from '../harness/run/lag.js';
import { Recorder } from '../harness/run/recorder.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    concurrency: { type: 'string', default: '60' },
    directory: { type: 'string', default: tmpdir() },
  },
});
const seconds = Number(values.seconds);
const concurrency = Number(values.concurrency);
const directory = mkdtempSync(join(values.directory, 'faultline-bench-'));
const path = join(directory, 'history.jsonl');

const key = (index: number) => `r${index}`;
const registers = (random: Random) =>
  mix(
    [
      [1, fromFunction((dice) => ({ f: 'read', value: null, key: key(dice.int(20)) }), random.fork('read'))],
      [1, fromFunction((dice) => ({ f: 'write', value: dice.int(5), key: key(dice.int(20)) }), random.fork('write'))],
      [1, fromFunction((dice) => ({ f: 'cas', value: [dice.int(5), dice.int(5)], key: 'r1' }), random.fork('cas'))],
    ],
    random.fork('mix'),
  );
/** Three workloads side by side as in a test, each asking for more than can be had. */
const workloads = ['a', 'b', 'c'].map((name) => {
  const random = Random.fromSeed(1).fork(name);
  return [concurrency / 3, tagged(name, rate(10_000_000, registers(random), random.fork('rate')))] as const;
});
const client = {
  invoke: (invocation: Invocation): Promise<Completion> => Promise.resolve({ type: 'ok', value: invocation.value }),
};

const clock = new RealClock();
const journal = await Journal.create(path);
const recorder = new Recorder(clock, journal);
const interpreter = new Interpreter({
  clock,
  recorder,
  concurrency,
  operationTimeoutMs: 5000,
  connector: { nodeOf: (thread) => `n${(thread % 5) + 1}`, open: async () => ({ client, close: async () => {} }) },
});
let completed = 0;
recorder.observe((event) => {
  if (event.type !== 'invoke') completed++;
});

const rssMiB: number[] = [];
const sampler = setInterval(() => rssMiB.push(process.memoryUsage.rss() / 2 ** 20), 250);
const lag = new LagMeter();
const cpu = process.cpuUsage();
const start = performance.now();
await interpreter.prepare();
await interpreter.run(timeLimit(seconds * 1000, reserve(workloads)));
await journal.close();
const elapsedS = (performance.now() - start) / 1000;
const used = process.cpuUsage(cpu);
clearInterval(sampler);

const quarter = Math.max(1, Math.floor(rssMiB.length / 4));
const average = (list: readonly number[]) => list.reduce((sum, item) => sum + item, 0) / list.length;
const cpuUs = (used.user + used.system) / completed;
console.log(`operations        ${completed} in ${elapsedS.toFixed(1)} s, concurrency ${concurrency}`);
console.log(`operations/s      ${Math.round(completed / elapsedS)}`);
console.log(`CPU an operation  ${cpuUs.toFixed(2)} µs (${Math.round(1e6 / cpuUs)} operations per CPU second)`);
console.log(`journal           ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB`);
console.log(
  `resident memory   ${average(rssMiB.slice(quarter, 2 * quarter)).toFixed(0)} MiB in the second quarter, ` +
    `${average(rssMiB.slice(-quarter)).toFixed(0)} MiB in the last, ${Math.max(...rssMiB).toFixed(0)} MiB at most`,
);
console.log(`event-loop lag    ${JSON.stringify(lag.stop())}`);
rmSync(directory, { recursive: true });
