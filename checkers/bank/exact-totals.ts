import { type History, NEMESIS, OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { integer, integerOf } from '../../harness/history/values/numbers.js';
import type { Anomaly } from '../checker.js';
import { type Fields, isObject } from '../values.js';
import { indicesOf, SHOWN_ANOMALIES, whoAndWhen } from '../verdict.js';
import { accountNames, balancesIn } from './bank-history.js';

interface Shown {
  readonly position: number;
  readonly balances: readonly bigint[];
}

/**
 * What each read alone proves where balances are past 2^53, in exact integers: money that appeared or vanished, and
 * negative balances. Reads that do not show every account are left out.
 */
export function exactAnomalies(history: History, options: Fields): readonly Anomaly[] {
  const accounts = accountNames(history, options);
  const reads = shownIn(history, accounts);
  const total = totalOf(accounts, options) ?? (reads.length > 0 ? sumOf(reads[0].balances) : undefined);
  const anomalies: Anomaly[] = [];
  const counts = new Map<string, number>();
  const add = (kind: string, position: number, says: string, details: Fields) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count > SHOWN_ANOMALIES) return;
    const positions = [history.columns.pairs[position], position];
    // Where no option tells the total, the first read does.
    if (kind === 'wrong-total' && totalOf(accounts, options) === undefined)
      positions.push(history.columns.pairs[reads[0].position], reads[0].position);
    const sentence = `The read by ${whoAndWhen(history, position)} ${says}.`;
    anomalies.push({ kind, sentence, operations: indicesOf(history, positions), details });
  };
  for (const { position, balances } of reads) {
    const found = sumOf(balances);
    if (total !== undefined && found !== total) {
      const difference = found - total;
      const gap = difference > 0n ? `${difference} too much` : `${-difference} too little`;
      add('wrong-total', position, `adds up to ${found} instead of ${total}: ${gap}`, { total: integer(total) });
    }
    const negative = balances.findIndex((balance) => balance < 0n);
    if (negative >= 0 && options['negativeBalances'] !== 'allowed')
      add('negative-balance', position, `shows account ${accounts[negative]} at ${balances[negative]}`, {});
  }
  return anomalies;
}

function shownIn(history: History, accounts: readonly string[]): readonly Shown[] {
  const { types, processes, functions, functionNames } = history.columns;
  const reads: Shown[] = [];
  for (let position = 0; position < history.length; position++) {
    if (types[position] !== OK || processes[position] === NEMESIS) continue;
    if (functionNames[functions[position]] === 'transfer') continue;
    const value = history.record(position);
    if (!isObject(value)) continue;
    const shown = balancesIn(value);
    const balances = accounts.map((name) => exact(Object.hasOwn(shown, name) ? shown[name] : undefined));
    if (balances.every((balance) => balance !== undefined)) reads.push({ position, balances });
  }
  return reads;
}

function totalOf(accounts: readonly string[], options: Fields): bigint | undefined {
  const total = exact(options['total']);
  if (total !== undefined) return total;
  const { balances } = options;
  if (isObject(balances)) return sumOf(accounts.map((name) => exact(balances[name]) ?? 0n));
  const initial = exact(options['initialBalance']);
  return initial === undefined ? undefined : initial * BigInt(accounts.length);
}

function exact(value: Json | undefined): bigint | undefined {
  const number = integerOf(value);
  return number === undefined ? undefined : BigInt(number);
}

function sumOf(balances: readonly bigint[]): bigint {
  return balances.reduce((sum, balance) => sum + balance, 0n);
}
