import { FAIL, type History, NONE } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, Premise } from '../checker.js';
import { identity } from '../../harness/history/values/identity.js';
import { show } from '../../harness/history/values/show.js';
import { gap, indicesOf, isTimed, whoAndWhen, whoAndWhenAfter } from '../verdict.js';

import { writers } from './premises.js';
import { INITIAL, NEVER, type RegisterLog, UNWRITTEN } from './register-log.js';

/** Reads that no order of anything explains: of a failed write, of a value nobody wrote, of a write yet to come. */
export function* impossibleReads(history: History, log: RegisterLog): IterableIterator<Anomaly> {
  const aborted = new Set(log.aborted);
  const name = log.key === undefined ? 'the register' : `register ${log.key}`;
  for (const { read, completed, invoked } of log.operations) {
    if (completed === NEVER || read === NONE || read === INITIAL) continue;
    const sentence = `${whoAndWhen(history, invoked)} read ${show(history.value(completed))} from ${name}`;
    const operations = indicesOf(history, [invoked, completed]);
    const seen = valueSeen(history, log, invoked, completed);
    const premises: readonly Premise[] = [{ fact: 'initial', value: log.initial }, writers(log, seen)];
    if (read === UNWRITTEN) {
      yield aborted.has(completed)
        ? {
            kind: 'aborted-read',
            sentence: `${sentence}, whose only write had failed`,
            operations: indicesOf(history, [invoked, completed, ...failedWrites(history, log, seen)]),
            premises,
          }
        : { kind: 'unwritten-value', sentence: `${sentence}, which nobody wrote`, operations, premises };
      continue;
    }
    const { invoked: writer, completed: written } = log.operations[log.writers[read]];
    if (writer === invoked) {
      yield {
        kind: 'future-read',
        sentence: `${whoAndWhen(history, invoked)} found in ${name} the value that only it was about to write itself`,
        operations,
        premises,
      };
      continue;
    }
    if (writer < completed) continue;
    yield {
      kind: 'future-read',
      sentence:
        `${sentence} before its only write began: a read from the future. It ended ${gapBefore(history, completed, writer)} ` +
        `the write by ${whoAndWhenAfter(history, invoked, writer)}`,
      operations: indicesOf(history, [invoked, completed, writer, ...(written === NEVER ? [] : [written])]),
      premises,
    };
  }
}

/** `2 ms before`, of two events in that order. */
function gapBefore(history: History, first: number, second: number): string {
  const { times } = history.columns;
  return isTimed(history) ? `${gap(times[second] - times[first])} before` : 'before';
}

/** What a read answered, or a compare-and-set found. */
function valueSeen(history: History, { roles }: RegisterLog, invoked: number, completed: number): Json {
  const { functions, functionNames } = history.columns;
  if (!roles.cas.includes(functionNames[functions[invoked]])) return history.value(completed);
  return (history.value(invoked) as readonly Json[])[0];
}

/** Events of the failed operations on the register that asked to write a value. */
function failedWrites(history: History, log: RegisterLog, value: Json): readonly number[] {
  const { types, pairs, functions, functionNames, keys, keyNames, length } = history.columns;
  const text = identity(value);
  const found: number[] = [];
  for (let at = 0; at < length; at++) {
    if (types[at] !== FAIL || pairs[at] < 0 || (keys[at] < 0 ? undefined : keyNames[keys[at]]) !== log.key) continue;
    const f = functionNames[functions[at]];
    const asked = history.value(pairs[at]);
    const written =
      log.roles.cas.includes(f) && Array.isArray(asked)
        ? (asked[1] as Json)
        : log.roles.reads.includes(f)
          ? undefined
          : asked;
    if (written !== undefined && identity(written) === text) found.push(pairs[at], at);
  }
  return found;
}
