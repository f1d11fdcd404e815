import type { History } from '../../harness/history/history.js';
import type { Restore } from '../../harness/history/restores.js';
import { show } from '../../harness/history/values/show.js';
import type { Anomaly } from '../checker.js';
import { indicesOf, seconds, SHOWN_ANOMALIES, whoAndWhen } from '../verdict.js';
import type { TimedOperation } from './timelines.js';
import type { Trace } from './surviving.js';

/** An update, and what became of it. */
export interface Sighting {
  readonly operation: TimedOperation;
  readonly trace: Trace;
  readonly isAcknowledged: boolean;
  readonly phase: 'before' | 'during' | 'lost';
}

/**
 * What the traces of updates prove against a backup, whatever else holds: acknowledged before it and missing; begun after
 * it and there; there in part; or two updates the older of which is missing while the newer, begun only after the older was
 * acknowledged, is there: no moment explains that.
 */
export function damageOf(history: History, sightings: readonly Sighting[], restore: Restore): readonly Anomaly[] {
  const missing = sightings.filter(
    ({ trace, isAcknowledged, phase }) => trace === 'absent' && isAcknowledged && phase === 'before',
  );
  const fromLater = sightings.filter(
    ({ trace, phase }) => trace !== 'absent' && trace !== 'unknown' && phase === 'lost',
  );
  const partial = sightings.filter(({ trace, phase }) => trace === 'partial' && phase !== 'lost');
  const told = (list: readonly Sighting[], kind: string, sentence: (who: string) => string) =>
    list.slice(0, SHOWN_ANOMALIES).map(({ operation }) => ({
      kind,
      sentence: sentence(whatOf(history, operation)),
      operations: indicesOf(history, [operation.invocation, operation.completion]),
      details: { fault: restore.fault, of: list.length },
    }));
  const begin = seconds(restore.times.backupBegin);
  const end = seconds(restore.times.backupEnd);
  const found = [
    ...told(
      missing,
      'lost-by-restore',
      (what) => `${what}, acknowledged before the backup began at ${begin}, is missing after the restore.`,
    ),
    ...told(
      fromLater,
      'newer-than-backup',
      (what) => `${what}, begun after the backup had ended at ${end}, is there after the restore.`,
    ),
    ...told(partial, 'torn-backup', (what) => `${what} is there only in part after the restore.`),
  ];
  return found.length > 0 ? found : outOfOrder(history, sightings, restore);
}

function outOfOrder(history: History, sightings: readonly Sighting[], { fault }: Restore): readonly Anomaly[] {
  let older: TimedOperation | undefined;
  let newer: TimedOperation | undefined;
  for (const { operation, trace, isAcknowledged } of sightings) {
    if (trace === 'absent' && isAcknowledged && !(older && older.end <= operation.end)) older = operation;
    if (trace === 'present' && !(newer && newer.begin >= operation.begin)) newer = operation;
  }
  if (older === undefined || newer === undefined || older.end >= newer.begin) return [];
  return [
    {
      kind: 'torn-backup',
      sentence:
        `After the restore ${whatOf(history, newer)} is there, while ${whatOf(history, older)} is missing, which had been ` +
        `acknowledged before the former was begun: the backup shows no single moment.`,
      operations: indicesOf(history, [older.invocation, older.completion, newer.invocation, newer.completion]),
      details: { fault },
    },
  ];
}

function whatOf(history: History, { invocation }: TimedOperation): string {
  const { f, value, key } = history.event(invocation);
  const of = key === undefined ? '' : ` of ${key}`;
  return `${f} ${show(value)}${of} by ${whoAndWhen(history, invocation)}`;
}
