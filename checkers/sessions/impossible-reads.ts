import { type History, NONE } from '../../harness/history/history.js';
import type { Anomaly } from '../checker.js';
import { indicesOf, whoAndWhen } from '../verdict.js';
import { INITIAL, NEVER, type RegisterLog, UNWRITTEN } from './register-log.js';

/** Reads that no order of anything explains: of a failed write, of a value nobody wrote, of a write yet to come. */
export function* impossibleReads(history: History, log: RegisterLog): IterableIterator<Anomaly> {
  const aborted = new Set(log.aborted);
  const name = log.key === undefined ? 'the register' : `register ${log.key}`;
  for (const { read, completed, invoked } of log.operations) {
    if (completed === NEVER || read === NONE || read === INITIAL) continue;
    const sentence = `${whoAndWhen(history, invoked)} read ${JSON.stringify(history.value(completed))} from ${name}`;
    const operations = indicesOf(history, [invoked, completed]);
    if (read === UNWRITTEN) {
      yield aborted.has(completed)
        ? { kind: 'aborted-read', sentence: `${sentence}, whose only write had failed`, operations }
        : { kind: 'unwritten-value', sentence: `${sentence}, which nobody wrote`, operations };
      continue;
    }
    const writer = log.operations[log.writers[read]].invoked;
    if (writer < completed && writer !== invoked) continue;
    yield {
      kind: 'future-read',
      sentence: `${sentence} before ${whoAndWhen(history, writer)} began to write it`,
      operations: indicesOf(history, [invoked, completed, writer]),
    };
  }
}
