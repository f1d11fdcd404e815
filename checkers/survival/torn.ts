import type { Restore } from '../../harness/history/restores.js';
import type { Anomaly } from '../checker.js';
import { span } from '../moments.js';
import { common, type Gap } from './cut.js';

interface Seen {
  readonly name: string;
  readonly gaps: readonly Gap[];
}

/** A backup that no moment explains: the last of the objects does not go together with those before it. */
export function torn({ fault, times }: Restore, seen: readonly Seen[]): Anomaly {
  const last = seen[seen.length - 1];
  const other = seen.find(({ gaps }) => common(gaps, last.gaps).length === 0);
  const names = other === undefined ? seen.map(({ name }) => name) : [other.name, last.name];
  const explained = (other === undefined ? seen : [other, last]).map(
    ({ name, gaps }) => `${name} is as it was ${moments(gaps)}`,
  );
  const ends = (other === undefined ? seen : [other, last]).flatMap(({ gaps }) =>
    gaps.flatMap(({ after, before }) => [after, before]),
  );
  return {
    kind: 'torn-backup',
    sentence:
      `The backup of fault ${fault}, taken ${span(times.backupBegin, times.backupEnd)}, shows ` +
      `${names.join(' and ')} as they never were at one moment.`,
    operations: [...new Set(ends)].sort((a, b) => a - b),
    explanation: explained,
    rulesOut: ['linearizable', 'strict-serializable'],
    details: { fault, objects: names },
  };
}

function moments(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return 'at no moment';
  return gaps.map(({ after, before }) => `between events ${after} and ${before}`).join(' or ');
}
