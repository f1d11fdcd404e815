import { NONE } from '../../harness/history/history.js';
import type { TimeOrder } from './realtime.js';
import { eachWrite, type Precedes, type ReadsFrom } from './weak-reads.js';

/**
 * A transaction that read from t2 and then key x from t1, where t2 wrote x too, read the later: t2 precedes t1. Reads are
 * walked backwards; for each key the two latest different writers suffice, as at most one of them is t2 itself.
 */
export function readCommitted(reads: ReadsFrom, _sessions: TimeOrder, precedes: Precedes): boolean {
  const { transactions, writers } = reads;
  const { starts, keys, length } = transactions;
  const later = new Map<number, readonly [number, number]>();
  const firstRead = new Map<number, number>();
  for (let reader = 0; reader < length; reader++) {
    if (starts[reader + 1] - starts[reader] < 2) continue;
    later.clear();
    firstRead.clear();
    for (let mop = starts[reader + 1] - 1; mop >= starts[reader]; mop--) {
      if (writers[mop] !== NONE) firstRead.set(writers[mop], mop);
    }
    for (let mop = starts[reader + 1] - 1; mop >= starts[reader]; mop--) {
      const writer = writers[mop];
      if (writer === NONE) continue;
      const force = (key: number) => {
        for (const other of later.get(key) ?? [])
          if (other !== NONE && other !== writer) precedes(writer, other, reader, key);
      };
      // From its earliest read on; the later ones of the same writer say nothing more.
      if (firstRead.get(writer) === mop && writer >= 0) eachWrite(reads, writer, force);
      const [recent] = later.get(keys[mop]) ?? [NONE];
      if (recent !== writer) later.set(keys[mop], [writer, recent]);
    }
  }
  return true;
}
