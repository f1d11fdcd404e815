import { clientSessions } from '../../../harness/history/client-sessions.js';
import { FAIL, NONE, OK } from '../../../harness/history/history.js';
import { NULL_VALUE } from '../../transactions/names.js';
import { INTERMEDIATE, WRITE, type Transactions } from '../../transactions/transactions.js';
import { groupByKey, type ByKey } from '../by-key.js';
import type { Limits } from '../limits.js';
import { listKey, ODD } from '../list-sources.js';
import { OPEN } from '../polygraph/registers.js';
import { ValueIndex } from '../value-index.js';

/**
 * What a history of lists or registers tells for certain, in one shape for both: a list is a register whose versions'
 * order is known as far as somebody read it. A version is what a transaction leaves of a key: its last write, or all its
 * appends. Versions are numbered 0 … writes - 1; the initial state of key k is writes + k.
 *
 * Participants are the transactions that returned ok, and those of unknown outcome of which somebody read something.
 */
export interface Facts {
  /** Participants, in order of invocation. */
  readonly length: number;
  readonly keys: number;
  /** By participant: its number among all transactions, its session, and the positions of its events (OPEN: no end). */
  readonly transactions: Int32Array;
  readonly processes: Int32Array;
  readonly invokes: Int32Array;
  readonly completions: Int32Array;
  /** By version: key, participant, and place in the known beginning of the key's order, or NONE: it comes after that. */
  readonly writeKeys: Int32Array;
  readonly owners: Int32Array;
  readonly places: Int32Array;
  /** By participant, one entry more: where its events begin, in the order of its program. */
  readonly eventStarts: Int32Array;
  /** By event: the version that is made (1 in `makes`) or read. Reads of a transaction's own versions are no events. */
  readonly events: Int32Array;
  readonly makes: Uint8Array;
}

/** @param transactions of which every read is a possible one: no value that nobody wrote, no repeated element */
export function factsOf(transactions: Transactions, limits: Limits): Facts {
  return new Reading(transactions, limits).run();
}

class Reading {
  private readonly byKey: ByKey;
  /** By micro-operation: of a write its place in the order, of a read the write it shows last (NONE: the initial state). */
  private readonly places: Int32Array;
  private readonly sources: Int32Array;
  private readonly takesPart: Uint8Array;

  constructor(
    private readonly transactions: Transactions,
    private readonly limits: Limits,
  ) {
    this.byKey = groupByKey(transactions);
    this.places = new Int32Array(transactions.mops.length).fill(NONE);
    this.sources = new Int32Array(transactions.mops.length).fill(ODD);
    this.takesPart = Uint8Array.from(transactions.statuses, (status) => (status === OK ? 1 : 0));
  }

  run(): Facts {
    const { offsets, mops } = this.byKey;
    const index = new ValueIndex();
    for (let key = 0; key + 1 < offsets.length; key++) {
      this.limits.tick('collecting what reads tell');
      const own = mops.subarray(offsets[key], offsets[key + 1]);
      index.fillWith(this.transactions, own);
      if (this.transactions.family === 'list-append') this.followLists(key, index);
      else this.followRegisters(own, index);
    }
    return this.collect();
  }

  private followRegisters(own: Int32Array, index: ValueIndex): void {
    const { mops, values } = this.transactions;
    for (const mop of own) {
      if (mops[mop] & WRITE) continue;
      const write = values[mop] === NULL_VALUE ? NONE : index.get(values[mop]);
      if (write < 0 && values[mop] !== NULL_VALUE) continue;
      this.sources[mop] = write;
      this.include(write);
    }
  }

  private followLists(key: number, index: ValueIndex): void {
    const list = listKey(this.transactions, this.byKey, key, index);
    list.order.forEach((write, place) => {
      if (write < 0) return;
      this.places[write] = place;
      this.include(write);
    });
    list.eachRead((mop, write) => (this.sources[mop] = write));
  }

  private include(write: number): void {
    const writer = write < 0 ? NONE : this.byKey.owners.of(write);
    if (writer >= 0 && this.transactions.statuses[writer] !== FAIL) this.takesPart[writer] = 1;
  }

  private collect(): Facts {
    const { length, statuses, history, invokes, completions, keyNames } = this.transactions;
    const { sessions } = clientSessions(history);
    const members: number[] = [];
    for (let transaction = 0; transaction < length; transaction++)
      if (this.takesPart[transaction]) members.push(transaction);
    const versions = new Versions(this.transactions, this.places, this.byKey);
    members.forEach((transaction, member) => {
      versions.make(transaction, member);
    });
    const eventStarts = new Int32Array(members.length + 1);
    const events: number[] = [];
    const makes: number[] = [];
    members.forEach((transaction, member) => {
      this.eachEvent(transaction, versions, (version, made) => {
        events.push(version);
        makes.push(made);
      });
      eventStarts[member + 1] = events.length;
    });
    return {
      length: members.length,
      keys: keyNames.length,
      transactions: Int32Array.from(members),
      processes: Int32Array.from(members, (member) => sessions[invokes[member]]),
      invokes: Int32Array.from(members, (member) => invokes[member]),
      completions: Int32Array.from(members, (member) => (statuses[member] === OK ? completions[member] : OPEN)),
      writeKeys: Int32Array.from(versions.keys),
      owners: Int32Array.from(versions.owners),
      places: Int32Array.from(versions.places),
      eventStarts,
      events: Int32Array.from(events),
      makes: Uint8Array.from(makes),
    };
  }

  private eachEvent(transaction: number, versions: Versions, visit: (version: number, made: 0 | 1) => void): void {
    const { starts, mops, keys } = this.transactions;
    for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++) {
      if (mops[mop] & WRITE) {
        if (!(mops[mop] & INTERMEDIATE)) visit(versions.of(transaction, keys[mop]), 1);
        continue;
      }
      const source = this.sources[mop];
      if (source === NONE) visit(versions.keys.length + keys[mop], 0);
      if (source < 0) continue;
      const writer = this.byKey.owners.of(source);
      if (writer !== transaction && this.takesPart[writer]) visit(versions.of(writer, keys[mop]), 0);
    }
  }
}

class Versions {
  readonly keys: number[] = [];
  readonly owners: number[] = [];
  readonly places: number[] = [];
  /** By micro-operation: the version that it makes or leads to. */
  private readonly byWrite: Int32Array;

  constructor(
    private readonly transactions: Transactions,
    private readonly placed: Int32Array,
    byKey: ByKey,
  ) {
    this.byWrite = new Int32Array(byKey.mops.length).fill(NONE);
  }

  make(transaction: number, member: number): void {
    const { starts, mops, keys } = this.transactions;
    const places = new Map<number, number>();
    for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++) {
      if (!(mops[mop] & WRITE)) continue;
      const place = Math.max(this.placed[mop], places.get(keys[mop]) ?? NONE);
      places.set(keys[mop], place);
      if (mops[mop] & INTERMEDIATE) continue;
      this.byWrite[mop] = this.keys.length;
      this.keys.push(keys[mop]);
      this.owners.push(member);
      this.places.push(place);
    }
  }

  /** The version that a participant leaves of a key that it writes. */
  of(transaction: number, key: number): number {
    const { starts, keys } = this.transactions;
    for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++)
      if (keys[mop] === key && this.byWrite[mop] >= 0) return this.byWrite[mop];
    return NONE;
  }
}
