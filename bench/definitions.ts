/**
 * Compares `check` with the definitions of all consistency models on every history of up to three transactions of two
 * accesses of two keys, in every arrangement in time, and on random ones of up to five transactions:
 * `npx tsx bench/definitions.ts [random histories of each kind, default 50000] [take one of so many small ones, default 1]`.
 * Prints what differs; exit code 1 if anything does.
 */
import { Random } from '../harness/kit/random.js';
import { differences, type Compared } from '../checkers/cycles/agreement.js';
import { DEFINITIONS } from '../checkers/cycles/definitions.js';
import { ARRANGEMENTS, arranged, everyHistory, everyPlan } from '../checkers/cycles/every-small.js';
import { smallHistory, type SmallHistory } from '../checkers/cycles/oracle.js';
import { randomReads } from '../checkers/cycles/polygraph/random-reads.js';

const TIMED = DEFINITIONS.filter(({ model }) => /^str(ong|ict)-/.test(model));
const UNTIMED = DEFINITIONS.filter((each) => !TIMED.includes(each));
const SHOWN = 3;

let wrong = 0;

function report(what: string, history: SmallHistory, found: readonly Compared[]): void {
  for (const { model, ours, allowed } of found) {
    if (wrong++ < SHOWN)
      console.log(
        `WRONG ${what} at ${model}: ${ours}, allowed ${String(allowed)}: ${JSON.stringify(history.transactions)}`,
      );
  }
}

async function everySmall(family: SmallHistory['family'], step: number): Promise<void> {
  for (const timed of [false, true]) {
    let count = 0;
    let compared = 0;
    for (const plans of everyPlan(timed)) {
      for (const transactions of everyHistory(family, plans)) {
        for (const arrangement of timed ? ARRANGEMENTS : ARRANGEMENTS.slice(0, 1)) {
          if (count++ % step !== 0) continue;
          compared++;
          const history = arranged(family, transactions, arrangement);
          const found = await differences(family, history.events, history.transactions, {}, timed ? TIMED : UNTIMED);
          report(family, history, found);
        }
      }
    }
    const levels = timed ? 'levels that speak of time' : 'other levels';
    console.log(`${family}, ${levels}: ${String(compared)} of ${String(count)} small histories compared`);
  }
}

async function random(what: string, runs: number, draw: (seed: number) => SmallHistory): Promise<void> {
  for (let seed = 0; seed < runs; seed++) {
    const history = draw(seed);
    const options = history.family === 'rw-register' && seed % 2 === 0 ? { options: { initialState: 'empty' } } : {};
    report(
      what,
      history,
      await differences(history.family, history.events, history.transactions, options.options ?? {}),
    );
  }
  console.log(`${what}: ${String(runs)} random histories compared`);
}

const runs = Number(process.argv[2] ?? 50_000);
const step = Number(process.argv[3] ?? 1);
for (const family of ['list-append', 'rw-register'] as const) {
  await everySmall(family, step);
  await random(family, runs, (seed) => Random.fromSeed(seed).draw((dice) => smallHistory(dice, family, 6, 'open'))[0]);
}
await random(
  'registers that read anything',
  runs,
  (seed) => Random.fromSeed(seed).draw((dice) => randomReads(dice, 6))[0],
);
console.log(`${String(wrong)} verdicts differ`);
process.exitCode = wrong > 0 ? 1 : 0;
