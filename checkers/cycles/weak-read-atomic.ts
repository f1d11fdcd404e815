import { NONE } from '../../harness/history/history.js';
import type { TimeOrder } from './realtime.js';
import { eachWrite, type Precedes, type ReadsFrom } from './weak-reads.js';

/**
 * A transaction that reads key x from t1 and anything from t2, or follows t2 in its session, where t2 wrote x too: t2
 * precedes t1.
 */
export function readAtomic(reads: ReadsFrom, sessions: TimeOrder, precedes: Precedes): boolean {
  const { transactions, writers } = reads;
  const { starts, keys, length } = transactions;
  const previous = new Int32Array(length).fill(NONE);
  sessions.successor.forEach((next, transaction) => {
    if (next !== NONE) previous[next] = transaction;
  });
  /** By first transaction of a session: the last writer of each key so far. */
  const sessionOf = new Int32Array(length);
  const written = new Map<number, Map<number, number>>();
  const read = new Map<number, number[]>();
  for (let reader = 0; reader < length; reader++) {
    sessionOf[reader] = previous[reader] === NONE ? reader : sessionOf[previous[reader]];
    const own = written.get(sessionOf[reader]);
    read.clear();
    for (let mop = starts[reader]; mop < starts[reader + 1]; mop++) {
      if (writers[mop] === NONE) continue;
      const from = read.get(keys[mop]) ?? [];
      if (!from.includes(writers[mop])) from.push(writers[mop]);
      read.set(keys[mop], from);
    }
    const force = (before: number, key: number) => {
      for (const after of read.get(key) ?? []) if (after !== before) precedes(before, after, reader, key);
    };
    for (const [key, from] of read) {
      const last = own?.get(key);
      if (last !== undefined) force(last, key);
      for (const writer of from) if (writer >= 0) eachWrite(reads, writer, (other) => force(writer, other));
    }
    if (sessions.successor[reader] === NONE && previous[reader] === NONE) continue;
    const state = own ?? new Map<number, number>();
    eachWrite(reads, reader, (key) => state.set(key, reader));
    written.set(sessionOf[reader], state);
  }
  return true;
}
