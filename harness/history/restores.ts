import { type History, NEMESIS } from './history.js';
import type { Json } from './operation.js';

/** Name of the nemesis' lone `info` events by which a history tells of backups; value `{fault, mark}`. */
export const BACKUP_EVENT = 'backup';

/**
 * Moments in the life of a backup. `backup-begin`, `backup-end`: between them it was taken; `destroyed`: nothing of the old
 * cluster runs any more, and whatever answers a request that is made later was restored; `restored`: databases started.
 */
export type BackupMark = 'backup-begin' | 'backup-end' | 'destroyed' | 'restored';

/** A cluster that was destroyed and, where that came about, restored from a backup. Moments are journal indices. */
export interface Restore {
  /** Id of the fault. */
  readonly fault: number;
  readonly backupBegin: number;
  readonly backupEnd: number;
  readonly destroyed: number;
  /** When, in ns. */
  readonly times: { readonly backupBegin: number; readonly backupEnd: number; readonly destroyed: number };
}

/**
 * The restores of a history, in order. A backup whose cluster was never destroyed is none: nothing was lost, and nothing
 * need be forgiven.
 */
export function restoresOf(history: History): readonly Restore[] {
  const { processes, functions } = history.columns;
  const event = history.functionId(BACKUP_EVENT);
  const marks = new Map<number, Partial<Record<BackupMark, number>>>();
  for (let position = 0; position < history.length; position++) {
    if (processes[position] !== NEMESIS || functions[position] !== event) continue;
    const { fault, mark } = history.value(position) as { readonly fault?: Json; readonly mark?: BackupMark };
    if (typeof fault !== 'number' || mark === undefined) continue;
    const known = marks.get(fault) ?? {};
    // Undoing may be tried again; what counts is when it came about first.
    marks.set(fault, { ...known, [mark]: known[mark] ?? position });
  }
  const { indices, times } = history.columns;
  const restores = [...marks].flatMap(([fault, seen]): readonly Restore[] => {
    const { 'backup-begin': begin, 'backup-end': end, destroyed } = seen;
    if (begin === undefined || end === undefined || destroyed === undefined) return [];
    return [
      {
        fault,
        backupBegin: indices[begin],
        backupEnd: indices[end],
        destroyed: indices[destroyed],
        times: { backupBegin: times[begin], backupEnd: times[end], destroyed: times[destroyed] },
      },
    ];
  });
  return restores.sort((a, b) => a.destroyed - b.destroyed);
}
