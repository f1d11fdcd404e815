import type { Deadline } from '../linearizability/budget.js';
import type { Partition } from '../linearizability/partition.js';

/** Journal indices between which a backup may have been taken, both ends open. */
export interface Gap {
  readonly after: number;
  readonly before: number;
}

/** One independent object with one of its backups. */
export interface BackedUp {
  readonly partition: Partition;
  /** Number of the backup's operation in the partition. */
  readonly backup: number;
}

/**
 * The moments within its window at which a backup can have been taken, as far as one object can tell. Between two events
 * of the object all moments are alike, so one of each is tried.
 *
 * @param indexOf journal index of an event of the partition, by its code
 * @param isLegal whether the object's operations have a legal order with the backup taken there; undefined: not decided
 */
export function possibleGaps(
  { partition, backup }: BackedUp,
  indexOf: (code: number) => number,
  isLegal: (partition: Partition) => boolean | undefined,
  deadline: Deadline,
): readonly Gap[] | undefined {
  const { events } = partition;
  const [begin, end] = [events.indexOf(backup), events.indexOf(~backup)];
  const gaps: Gap[] = [];
  for (let at = begin; at < end; at++) {
    deadline.check();
    const legal = isLegal({ ...partition, events: pinned(events, begin, end, at) });
    if (legal === undefined) return undefined;
    if (legal) gaps.push({ after: indexOf(events[at]), before: indexOf(events[at + 1]) });
  }
  return gaps;
}

/** The events with the backup begun and ended right after the one at `at`. */
function pinned(events: Int32Array, begin: number, end: number, at: number): Int32Array {
  const moved = [...events];
  const backup = events[begin];
  moved.splice(end, 1);
  moved.splice(at + 1, 0, backup, ~backup);
  moved.splice(begin, 1);
  return Int32Array.from(moved);
}

/** The gaps that lie in one of either list. */
export function common(some: readonly Gap[], others: readonly Gap[]): readonly Gap[] {
  return some.flatMap((one) =>
    others.flatMap((other) => {
      const gap = { after: Math.max(one.after, other.after), before: Math.min(one.before, other.before) };
      return gap.after < gap.before ? [gap] : [];
    }),
  );
}
