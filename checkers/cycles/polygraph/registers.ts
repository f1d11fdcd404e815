import { clientSessions } from '../../../harness/history/client-sessions.js';
import { FAIL, NONE, OK } from '../../../harness/history/history.js';
import { NULL_VALUE } from '../../transactions/names.js';
import { EXTERNAL, INTERMEDIATE, WRITE, type Transactions } from '../../transactions/transactions.js';
import { groupByKey, type Owners } from '../by-key.js';
import type { Limits } from '../limits.js';
import { NotUnique } from '../not-unique.js';
import { RegisterNames } from '../register-anomalies.js';
import { ValueIndex } from '../value-index.js';

/**
 * What of a history of registers any execution must explain: who read which version and who left which behind. Versions
 * are numbered: the last write of its key by a transaction, in order of transactions, is 0 … writes - 1; the initial
 * state of key k is writes + k.
 *
 * Participants are the transactions that returned ok, and those of unknown outcome that one of the former read from. Any
 * other may be taken not to have happened: nobody read what it wrote, so an execution that contains it explains the same
 * reads without it, and every condition on the others still holds.
 */
export interface Registers {
  /** Participants, in order of invocation. */
  readonly length: number;
  readonly keys: number;
  /** By participant: its number among all transactions. */
  readonly transactions: Int32Array;
  readonly processes: Int32Array;
  /** Positions of events; {@link OPEN} for a participant of unknown outcome, which may take effect at any later time. */
  readonly invokes: Int32Array;
  readonly completions: Int32Array;
  /** By participant, one entry more: where its versions begin. */
  readonly writeStarts: Int32Array;
  /** By version that was written: key and participant. */
  readonly writeKeys: Int32Array;
  readonly owners: Int32Array;
  /** By participant, one entry more: where its external reads begin. At most one a key. */
  readonly readStarts: Int32Array;
  /** By external read: the version. */
  readonly readVersions: Int32Array;
}

export const OPEN = 0x7fffffff;

/** A read that no execution explains, whatever the order of writes. */
export interface Impossible {
  /** Numbers among all transactions. */
  readonly transactions: readonly number[];
  readonly sentence: string;
}

/** Whether registers began unwritten. If not known, a read of a value that nobody wrote counts for nothing. */
export type Beginning = 'empty' | 'unknown';

/** @throws NotUnique where reads do not tell their writers */
export function registersOf(
  transactions: Transactions,
  limits: Limits,
  beginning: Beginning = 'empty',
): Registers | Impossible {
  const sources = sourcesOf(transactions, limits);
  return impossibleRead(transactions, sources, beginning) ?? collect(transactions, sources);
}

const INITIAL = -2;

interface Sources {
  /** By read: the micro-operation that wrote its value, INITIAL, or NONE. */
  readonly writes: Int32Array;
  readonly owners: Owners;
}

function sourcesOf(transactions: Transactions, limits: Limits): Sources {
  const { mops, values } = transactions;
  const { offsets, mops: sorted, owners } = groupByKey(transactions);
  const writes = new Int32Array(mops.length).fill(NONE);
  const index = new ValueIndex();
  for (let key = 0; key + 1 < offsets.length; key++) {
    limits.tick('looking for the writers of reads');
    const own = sorted.subarray(offsets[key], offsets[key + 1]);
    index.fillWith(transactions, own, (first, second) => {
      throw new NotUnique(transactions, 'written', key, values[second], [owners.of(first), owners.of(second)]);
    });
    for (const mop of own) {
      if (!(mops[mop] & WRITE)) writes[mop] = values[mop] === NULL_VALUE ? INITIAL : index.get(values[mop]);
    }
  }
  return { writes, owners };
}

/** The first read that contradicts its own transaction, or whose value no other transaction can have left behind. */
function impossibleRead(transactions: Transactions, sources: Sources, beginning: Beginning): Impossible | undefined {
  const { length, starts, statuses, mops, keys, values } = transactions;
  const states = new Int32Array(transactions.keyNames.length);
  const names = new RegisterNames(transactions);
  for (let reader = 0; reader < length; reader++) {
    if (statuses[reader] !== OK) continue;
    for (let mop = starts[reader]; mop < starts[reader + 1]; mop++) {
      const key = keys[mop];
      const value = values[mop];
      if (!(mops[mop] & WRITE)) {
        if (!(mops[mop] & EXTERNAL)) {
          if (value !== states[key]) {
            return { transactions: [reader], sentence: names.internal(reader, key, states[key], value) };
          }
        } else if (sources.writes[mop] !== NONE || beginning === 'empty') {
          const found = impossibleSource(transactions, sources, reader, mop, names);
          if (found) return found;
        }
      }
      states[key] = value;
    }
  }
  return undefined;
}

function impossibleSource(
  { mops, keys, values, statuses }: Transactions,
  { writes, owners }: Sources,
  reader: number,
  mop: number,
  names: RegisterNames,
): Impossible | undefined {
  const write = writes[mop];
  const key = keys[mop];
  const value = values[mop];
  if (write === INITIAL) return undefined;
  if (write === NONE) return { transactions: [reader], sentence: names.thinAir(reader, key, value) };
  const writer = owners.of(write);
  if (writer === reader) return { transactions: [reader], sentence: names.internal(reader, key, NULL_VALUE, value) };
  if (statuses[writer] === FAIL) {
    return { transactions: [reader, writer], sentence: names.aborted(reader, writer, key, value) };
  }
  if (mops[write] & INTERMEDIATE) {
    return { transactions: [reader, writer], sentence: names.intermediate(reader, writer, key, value) };
  }
  return undefined;
}

function collect(transactions: Transactions, { writes, owners: transactionsOf }: Sources): Registers {
  const { starts, statuses, mops, keys, history, invokes, completions } = transactions;
  const takesPart = Uint8Array.from(statuses, (status) => (status === OK ? 1 : 0));
  for (let mop = 0; mop < mops.length; mop++) {
    if (mops[mop] & EXTERNAL && !(mops[mop] & WRITE) && writes[mop] >= 0) takesPart[transactionsOf.of(writes[mop])] = 1;
  }
  const members = numbersOf(takesPart);
  const count = members.length;
  const writeStarts = new Int32Array(count + 1);
  const readStarts = new Int32Array(count + 1);
  const versions = new Int32Array(mops.length).fill(NONE);
  let writeCount = 0;
  let readCount = 0;
  members.forEach((transaction, member) => {
    for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++) {
      if (mops[mop] & WRITE) {
        if (!(mops[mop] & INTERMEDIATE)) versions[mop] = writeCount++;
      } else if (mops[mop] & EXTERNAL && writes[mop] !== NONE) readCount++;
    }
    writeStarts[member + 1] = writeCount;
    readStarts[member + 1] = readCount;
  });
  const writeKeys = new Int32Array(writeCount);
  const owners = new Int32Array(writeCount);
  const readVersions = new Int32Array(readCount);
  let read = 0;
  members.forEach((transaction, member) => {
    for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++) {
      if (versions[mop] >= 0) {
        writeKeys[versions[mop]] = keys[mop];
        owners[versions[mop]] = member;
      } else if (!(mops[mop] & WRITE) && mops[mop] & EXTERNAL && writes[mop] !== NONE) {
        readVersions[read++] = writes[mop] === INITIAL ? writeCount + keys[mop] : versions[writes[mop]];
      }
    }
  });
  return {
    length: count,
    keys: transactions.keyNames.length,
    transactions: members,
    processes: members.map((transaction) => clientSessions(history).sessions[invokes[transaction]]),
    invokes: members.map((transaction) => invokes[transaction]),
    completions: members.map((transaction) => (statuses[transaction] === OK ? completions[transaction] : OPEN)),
    writeStarts,
    writeKeys,
    owners,
    readStarts,
    readVersions,
  };
}

function numbersOf(chosen: Uint8Array): Int32Array {
  const numbers = new Int32Array(chosen.reduce((sum, bit) => sum + bit, 0));
  let count = 0;
  chosen.forEach((bit, number) => {
    if (bit) numbers[count++] = number;
  });
  return numbers;
}
