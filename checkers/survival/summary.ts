import { type History, OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Restore } from '../../harness/history/restores.js';
import { span } from '../moments.js';
import { seconds } from '../verdict.js';
import type { TimedOperation } from './timelines.js';

/** What became of the updates that were acknowledged before a disaster (and not lost by an earlier one). */
export interface Survival {
  readonly fault: number;
  /** Acknowledged before the backup began: all of them have to be there after the restore. */
  readonly before: number;
  /** Under way while it was taken and acknowledged: each may be there or not. */
  readonly during: number;
  /** Of those, how many are there, where that can be seen. */
  readonly survivedOfDuring?: number;
  /** Begun after it and acknowledged: lost, as a restore loses them. */
  readonly lost: number;
  /** From the end of the backup until the disaster. */
  readonly lostNs: number;
  /** Acknowledged before the backup and seen to be missing. */
  readonly missing: number;
  /** The model allows reads of an older state: what they miss may be there all the same. */
  readonly readsMayBeStale?: true;
}

/** @param isUpdate whether an operation, which was acknowledged, changed anything */
export function survivalOf(
  history: History,
  operations: readonly TimedOperation[],
  restore: Restore,
  isUpdate: (operation: TimedOperation) => boolean,
): Survival {
  const counts = { before: 0, during: 0, lost: 0 };
  for (const operation of operations) {
    if (operation.begin > restore.destroyed || history.columns.types[operation.completion] !== OK) continue;
    if (isUpdate(operation)) counts[phaseOf(operation, restore)]++;
  }
  const { backupEnd, destroyed } = restore.times;
  return { fault: restore.fault, ...counts, lostNs: destroyed - backupEnd, missing: 0 };
}

export function phaseOf(
  { begin, end }: TimedOperation,
  { backupBegin, backupEnd }: Restore,
): 'before' | 'during' | 'lost' {
  if (end < backupBegin) return 'before';
  return begin > backupEnd ? 'lost' : 'during';
}

/** One sentence for people. */
export function survivalSentence(
  survival: Survival,
  { times }: Restore,
  validity: 'valid' | 'invalid' | 'unknown',
): string {
  const { fault, before, during, survivedOfDuring, lost, lostNs, missing, readsMayBeStale } = survival;
  const kind = readsMayBeStale && validity === 'valid' ? 'stale' : validity;
  const unseen = { valid: 'and did', stale: '(reads that may be stale do not tell)', invalid: '', unknown: '' };
  const fate = missing > 0 ? `and ${missing} did not` : unseen[kind];
  const kept = survivedOfDuring === undefined ? '' : `, ${survivedOfDuring} of which are in it`;
  return [
    `fault ${fault}, backup ${span(times.backupBegin, times.backupEnd)}, cluster destroyed at ${seconds(times.destroyed)}:`,
    `${before} updates acknowledged before the backup had to survive ${fate}`.trimEnd() + ';',
    `${during} were acknowledged while it was taken${kept};`,
    `${lost} acknowledged after it, in ${seconds(lostNs)}, are lost as a restore loses them`,
  ].join(' ');
}

/** For the details of a verdict. */
export function survivalDetails(survivals: readonly Survival[], sentences: readonly string[]): Json {
  return survivals.map((survival, at) => ({ ...survival, sentence: sentences[at] ?? '' }));
}
