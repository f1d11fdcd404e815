import { FAIL, type History, INFO, INVOKE, NEMESIS, NONE, OK } from '../../harness/history/history.js';
import type { Json, Operation } from '../../harness/history/operation.js';
import { integer, integerOf } from '../../harness/history/values/numbers.js';
import type { Premise } from '../checker.js';
import { identity, same } from './identity.js';
import { positionOf } from './listed.js';

/** Facts that take a look at the history of their own. */
export type FactAlone = Extract<
  Premise,
  { readonly fact: 'between' | 'later' | 'session' | 'answers' | 'unknown' | 'amounts' }
>;

/** Why a fact does not hold, where the operations listed are these; undefined where it does. */
export function refutation(history: History, premise: FactAlone, listed: ReadonlySet<number>): string | undefined {
  if (premise.fact === 'session') return sessionRefutation(history, premise);
  if (premise.fact === 'amounts') {
    const sum = sumOf(history, premise);
    return same(integer(sum), premise.sum) ? undefined : `it is ${sum}`;
  }
  const { types, pairs, indices, functions, functionNames, processes, keys, keyNames } = history.columns;
  const names = functionNames.map((f) => premise.f.includes(f));
  const after = 'after' in premise ? (positionOf(history, premise.after) ?? 0) : NONE;
  const before = 'before' in premise ? (positionOf(history, premise.before) ?? history.length) : history.length;
  for (let at = after + 1; at < before; at++) {
    if (types[at] !== INVOKE || !names[functions[at]] || processes[at] === NEMESIS || listed.has(indices[at])) continue;
    if ('key' in premise && premise.key !== undefined && !same(premise.key, keyNames[keys[at]])) continue;
    const outcome = pairs[at] === NONE ? INFO : types[pairs[at]];
    if (concerns(history, premise, at, outcome)) return `event ${String(indices[at])} is not listed`;
  }
  return undefined;
}

function concerns(
  history: History,
  premise: Exclude<FactAlone, { readonly fact: 'session' | 'amounts' }>,
  at: number,
  outcome: number,
): boolean {
  switch (premise.fact) {
    case 'between':
      return outcome !== FAIL && history.columns.processes[at] === premise.process;
    case 'later':
      return outcome === OK;
    case 'unknown':
      return outcome === INFO;
    case 'answers':
      return outcome === OK && shows(history.value(history.columns.pairs[at]), premise.value);
  }
}

/** Whether an answer is this value, or a list that holds it. */
export function shows(answer: Json, value: Json): boolean {
  return same(answer, value) || (Array.isArray(answer) && answer.some((item: Json) => same(item, value)));
}

function sessionRefutation(
  history: History,
  { process, first, last }: Extract<FactAlone, { readonly fact: 'session' }>,
): string | undefined {
  const { types, processes } = history.columns;
  const [from, to] = [positionOf(history, first), positionOf(history, last)];
  if (from === undefined || to === undefined || from > to) return 'there are no such events in this order';
  for (let at = from; at < to; at++) {
    if (processes[at] === process && types[at] === INFO) return 'an outcome in between is unknown';
  }
  return undefined;
}

function sumOf(history: History, premise: Extract<FactAlone, { readonly fact: 'amounts' }>): bigint {
  const { types, pairs, functions, functionNames, processes, keys, keyNames } = history.columns;
  const before = positionOf(history, premise.before) ?? history.length;
  let sum = 0n;
  for (let at = 0; at < before; at++) {
    if (types[at] !== INVOKE || functionNames[functions[at]] !== premise.f || processes[at] === NEMESIS) continue;
    if (premise.key !== undefined && !same(premise.key, keyNames[keys[at]])) continue;
    const outcome = pairs[at] === NONE ? INFO : types[pairs[at]];
    if (outcome === FAIL || (premise.of === 'acknowledged' && (outcome !== OK || pairs[at] >= before))) continue;
    const amount = BigInt(integerOf(history.value(at)) ?? 0);
    if (amount * BigInt(premise.sign) > 0n) sum += amount;
  }
  return sum;
}

/** Whether a fact is about an operation, so that it would be false if that one were not listed. */
export function demandedAlone(premise: FactAlone, invocation: Operation): boolean {
  if (premise.fact === 'session' || premise.fact === 'amounts') return false;
  if (premise.fact === 'between' && premise.process !== invocation.process) return false;
  return premise.f.includes(invocation.f);
}

export function tellAlone(premise: FactAlone): string {
  switch (premise.fact) {
    case 'between':
      return `every ${premise.f.join(', ')} of process ${premise.process} between events ${premise.after} and ${premise.before}`;
    case 'later':
      return `every ${premise.f.join(', ')} that began after event ${premise.after} and was acknowledged`;
    case 'session':
      return `process ${premise.process} has one session from event ${premise.first} to ${premise.last}`;
    case 'answers':
      return `every ${premise.f.join(', ')} that answered ${identity(premise.value)}`;
    case 'unknown':
      return `every ${premise.f.join(', ')} of unknown outcome`;
    case 'amounts':
      return `what ${premise.f} ${premise.sign > 0 ? 'adds' : 'takes'}, ${premise.of} before event ${premise.before}, makes ${identity(premise.sum)}`;
  }
}
