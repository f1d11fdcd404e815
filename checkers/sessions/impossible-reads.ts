import { type History, NONE } from '../../harness/history/history.js';
import { show } from '../../harness/history/values/show.js';
import type { Anomaly } from '../checker.js';
import { gap, indicesOf, whoAndWhen } from '../verdict.js';
import { INITIAL, NEVER, type RegisterLog, UNWRITTEN } from './register-log.js';

/** Reads that no order of anything explains: of a failed write, of a value nobody wrote, of a write yet to come. */
export function* impossibleReads(history: History, log: RegisterLog): IterableIterator<Anomaly> {
  const aborted = new Set(log.aborted);
  const name = log.key === undefined ? 'the register' : `register ${log.key}`;
  for (const { read, completed, invoked } of log.operations) {
    if (completed === NEVER || read === NONE || read === INITIAL) continue;
    const sentence = `${whoAndWhen(history, invoked)} read ${show(history.value(completed))} from ${name}`;
    const operations = indicesOf(history, [invoked, completed]);
    if (read === UNWRITTEN) {
      yield aborted.has(completed)
        ? { kind: 'aborted-read', sentence: `${sentence}, whose only write had failed`, operations }
        : { kind: 'unwritten-value', sentence: `${sentence}, which nobody wrote`, operations };
      continue;
    }
    const writer = log.operations[log.writers[read]].invoked;
    if (writer === invoked) {
      yield {
        kind: 'future-read',
        sentence: `${whoAndWhen(history, invoked)} found in ${name} the value that only it was about to write itself`,
        operations,
      };
      continue;
    }
    if (writer < completed) continue;
    yield {
      kind: 'future-read',
      sentence:
        `${sentence} before its only write began: a read from the future. It ended ` +
        `${gap(history.columns.times[writer] - history.columns.times[completed])} before the write by ${whoAndWhen(history, writer)}`,
      operations: indicesOf(history, [invoked, completed, writer]),
    };
  }
}
