/**
 * Long campaigns for what `checkers/cycles/*.test.ts` samples:
 * `npx tsx bench/cycles-oracle.ts [cases per property, default 50000] [seed]`.
 * Prints every disagreement in full and ends with 1 if there was one.
 */
import { analyse, cyclesOf } from '../checkers/cycles/analysis.js';
import { inferListAppend } from '../checkers/cycles/list-append.js';
import {
  historyOf,
  impossible,
  ORACLE_MODELS,
  ruledOut,
  smallHistory,
  type SmallHistory,
} from '../checkers/cycles/oracle.js';
import { inferRwRegister } from '../checkers/cycles/rw-register.js';
import { inject, simulate } from '../checkers/cycles/simulated-store.js';
import { TEMPLATES } from '../checkers/cycles/templates.js';
import { readTransactions } from '../checkers/transactions/reader.js';
import type { Family } from '../checkers/transactions/transactions.js';
import type { EventInput } from '../harness/history/builder.js';
import { Random, type Dice } from '../harness/kit/random.js';

const cases = Number(process.argv[2] ?? 50_000);
const seed = Number(process.argv[3] ?? 1);
let wrong = 0;

function campaign(name: string, count: number, run: (dice: Dice) => string): void {
  let random = Random.fromSeed(seed).fork(name);
  const tally = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    let outcome: string;
    [outcome, random] = random.draw(run);
    tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
  }
  console.log(name, Object.fromEntries(tally));
}

function complain(what: string, events: readonly EventInput[]): string {
  wrong++;
  console.log(what);
  for (const { process, type, value } of events) console.log(' ', process, type, JSON.stringify(value));
  return 'WRONG';
}

/** Every model ruled out must be impossible; with `exact`, the reverse too. */
function compare(history: SmallHistory, writesFollowReads: boolean, exact: boolean): string {
  let excluded = 0;
  for (const model of ORACLE_MODELS) {
    const ours = ruledOut(history, model, writesFollowReads);
    if (ours) excluded++;
    if ((ours || exact) && ours !== impossible(history, model)) {
      return complain(`${model}: ruled out ${String(ours)}, brute force says otherwise`, history.events);
    }
  }
  return excluded === 0 ? 'nothing ruled out' : excluded === ORACLE_MODELS.length ? 'all ruled out' : 'some ruled out';
}

function planted(dice: Dice): string {
  const template = dice.pick(TEMPLATES);
  const events = inject(dice, simulate(dice, template.family, 'serial', 20), template);
  const transactions = readTransactions(historyOf(events), template.family);
  const inference =
    template.family === 'list-append'
      ? inferListAppend(transactions)
      : inferRwRegister(transactions, { writesFollowReads: true });
  const order = template.kind.endsWith('-process') ? 'process' : 'realtime';
  const cycles = cyclesOf(analyse(transactions, inference), order).map(({ kind }) => kind);
  const kinds = [...new Set([...inference.findings.counts.keys(), ...cycles])].sort().join();
  return kinds === template.shows.join()
    ? 'found'
    : complain(`planted ${template.shows.join()}, found ${kinds}`, events);
}

campaign('planted anomalies', cases, planted);
campaign('lists, every append read: exact', cases, (dice) =>
  compare(smallHistory(dice, 'list-append', 5, 'read'), false, true),
);
campaign('lists: sound', cases, (dice) => compare(smallHistory(dice, 'list-append', 6, 'open'), false, false));
for (const [family, wfr] of [
  ['rw-register', true],
  ['rw-register', false],
] satisfies [Family, boolean][]) {
  campaign(`${family}, writes follow reads ${String(wfr)}: sound`, cases, (dice) =>
    compare(smallHistory(dice, family, 6, 'open'), wfr, false),
  );
}
process.exitCode = wrong === 0 ? 0 : 1;
