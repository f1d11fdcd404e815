/**
 * Long campaign for what `checkers/cycles/polygraph/decide.test.ts` samples:
 * `npx tsx bench/polygraph-oracle.ts [histories, default 50000] [seed]`. Each history is decided at six models.
 * Prints every disagreement with brute force in full and ends with 1 if there was one.
 */
import { Limits } from '../checkers/cycles/limits.js';
import { historyOf, impossible, smallHistory, type SmallHistory } from '../checkers/cycles/oracle.js';
import { decideRegisters } from '../checkers/cycles/polygraph/decide.js';
import { LEVELS } from '../checkers/cycles/polygraph/levels.js';
import { randomReads } from '../checkers/cycles/polygraph/random-reads.js';
import { readTransactions } from '../checkers/transactions/reader.js';
import { Random } from '../harness/kit/random.js';

const cases = Number(process.argv[2] ?? 50_000);
const seed = Number(process.argv[3] ?? 1);
const tally = new Map<string, number>();
let random = Random.fromSeed(seed);
let wrong = 0;
for (let i = 0; i < cases; i++) {
  let history: SmallHistory;
  [history, random] = random.draw((dice) =>
    i % 2 === 0 ? randomReads(dice, 6) : smallHistory(dice, 'rw-register', 6, 'open'),
  );
  const transactions = readTransactions(historyOf(history.events), 'rw-register');
  for (const { model, isolation, order } of LEVELS) {
    const { kind } = decideRegisters(transactions, isolation, order, new Limits());
    tally.set(`${model} ${kind}`, (tally.get(`${model} ${kind}`) ?? 0) + 1);
    if (kind === (impossible(history, model) ? 'invalid' : 'valid')) continue;
    wrong++;
    console.log(`${model}: ${kind}, brute force says otherwise`);
    for (const { process, type, value } of history.events) console.log(' ', process, type, JSON.stringify(value));
  }
}
console.log(`${String(cases)} histories, seed ${String(seed)}:`, Object.fromEntries(tally), `wrong: ${String(wrong)}`);
process.exitCode = wrong > 0 ? 1 : 0;
