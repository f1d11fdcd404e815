import { FAIL, OK } from '../../harness/history/history.js';
import {
  branchOf,
  elementsRead,
  lastRead,
  INTERMEDIATE,
  possible,
  REWRITTEN,
  WRITE,
  type Transactions,
} from '../transactions/transactions.js';
import { groupByKey, type ByKey } from './by-key.js';
import { Findings } from './findings.js';
import { DependencyBuilder, RW, WR, WW, type DependencyGraph } from './graph.js';
import { checkDeviants, checkDuplicates, ListNames } from './list-anomalies.js';
import { longestBranch } from './list-order.js';
import { checkInternal } from './list-internal.js';
import { KeyAppends } from './key-appends.js';
import { Limits } from './limits.js';

/** What a history of transactions proves before any search. */
export interface Inference {
  readonly graph: DependencyGraph;
  readonly findings: Findings;
  /** Sentences on what had to be assumed. */
  readonly assumptions: readonly string[];
  /** Keys whose versions are ordered in part only, so that finding nothing proves less. */
  readonly partlyOrderedKeys: number;
  /** Committed appends that no read shows, where that can be counted. */
  readonly unseen?: number;
}

const NO_ELEMENTS = new Int32Array(0);

/** One key's appends and version order while it is being analysed. */
export interface KeyView {
  readonly key: number;
  /** Its micro-operations: `byKey.mops[from..to)`. */
  readonly from: number;
  readonly to: number;
  /** The branch taken for the version order: the longest read. */
  readonly branch: number;
  /** The version order: values in the order they were appended, each once. */
  readonly order: Int32Array;
  /** Some read contradicts the order, repeats an element or shows one that nobody appended. */
  readonly irregular: boolean;
}

/**
 * Dependencies between list-append transactions. A read of a list shows the exact order of the appends before it, so the
 * longest read of a key is its version order and every other must be a prefix of it (Kingsbury and Alvaro, Elle, VLDB
 * 2020). ww: the appenders of neighbouring elements; wr: the appender of the last element read to its reader; rw: a reader
 * to the appender of the next element. Appends never read come after the last element that was read.
 */
export function inferListAppend(transactions: Transactions, limits = new Limits()): Inference {
  // By now the index by key is needed no more, and its memory goes into the graph.
  const { dependencies, ...rest } = new ListAppendInference(transactions, limits).run();
  return { graph: dependencies.build(), ...rest };
}

export class ListAppendInference {
  readonly findings = new Findings();
  readonly names: ListNames;
  readonly byKey: ByKey;
  /** Of the current key. */
  readonly appends: KeyAppends;
  private readonly builder: DependencyBuilder;
  private unseen = 0;
  private partlyOrdered = 0;
  /** By number of elements read: 1 + the first transaction that read so many and then wrote, for lost updates. */
  private rewriters = new Int32Array(64);

  constructor(
    readonly transactions: Transactions,
    private readonly limits: Limits,
  ) {
    this.byKey = groupByKey(transactions);
    this.appends = new KeyAppends(transactions, this.byKey);
    this.builder = new DependencyBuilder(transactions.length);
    this.names = new ListNames(transactions);
  }

  run(): Omit<Inference, 'graph'> & { readonly dependencies: DependencyBuilder } {
    const { offsets } = this.byKey;
    for (let key = 0; key + 1 < offsets.length; key++) {
      this.limits.tick('inferring dependencies');
      const view = this.open(key, offsets[key], offsets[key + 1]);
      this.followOrder(view);
      this.followReads(view);
      this.followUnobserved(view);
      checkInternal(this, view);
    }
    return {
      dependencies: this.builder,
      findings: this.findings,
      assumptions: [],
      partlyOrderedKeys: this.partlyOrdered,
      unseen: this.unseen,
    };
  }

  owner(mop: number): number {
    return this.byKey.owners.of(mop);
  }

  private open(key: number, from: number, to: number): KeyView {
    this.appends.open(key, from, to);
    const { lists } = this.transactions;
    const deviants = lists.deviantsOf(key);
    const branch = longestBranch(lists, key);
    const elements = branch < 0 ? NO_ELEMENTS : lists.elements(branch);
    const { order, irregular } = this.appends.place(elements);
    const view = { key, from, to, branch, order, irregular: irregular || deviants.length > 0 };
    if (view.irregular) {
      checkDeviants(this, view, [lists.mainIfAny(key), ...deviants]);
      checkDuplicates(this, view);
    }
    return view;
  }

  /** ww along the version order, and aborted appends that committed ones were built upon. */
  private followOrder({ key, order, irregular }: KeyView): void {
    const { statuses } = this.transactions;
    let previous = -1;
    let aborted = -1;
    for (let place = 0; place < order.length; place++) {
      const append = this.appends.at[place];
      const writer = append < 0 ? -1 : this.appends.writer(append);
      const status = writer < 0 ? -1 : statuses[writer];
      if (previous >= 0 && writer >= 0 && status !== FAIL) this.builder.add(previous, writer, WW);
      if (append > 0 && !irregular) this.compareOwn(place, append, writer);
      previous = status === FAIL ? -1 : writer;
      if (status === FAIL && aborted < 0) aborted = writer;
      if (status === OK && aborted >= 0) {
        const first = aborted;
        this.findings.add('dirty-update', [writer, first], () => this.names.dirtyUpdate(key, first, writer));
      }
      if (status === OK) aborted = -1;
    }
  }

  /** An append of which the same transaction's one before it is seen later or never: no cycle would tell. */
  private compareOwn(place: number, append: number, writer: number): void {
    const earlier = this.appends.mops[append - 1];
    if (earlier < this.transactions.starts[writer]) return;
    const before = this.appends.places[append - 1];
    if (before >= 0 && before < place) return;
    const later = this.appends.mops[append];
    this.findings.add('reversed-appends', this.showing(later, writer), () =>
      this.names.reversed(writer, earlier, later, before < 0 ? 'without' : 'before'),
    );
  }

  /** A writer, and somebody who read what was appended. */
  private showing(append: number, writer: number): number[] {
    const { keys, mops, values } = this.transactions;
    const { offsets } = this.byKey;
    const key = keys[append];
    for (let i = offsets[key]; i < offsets[key + 1]; i++) {
      const mop = this.byKey.mops[i];
      if (mops[mop] & WRITE || !elementsRead(this.transactions, mop).includes(values[append])) continue;
      return [...new Set([writer, this.owner(mop)])];
    }
    return [writer];
  }

  /** wr and rw of every read, and what a single read betrays. */
  private followReads(view: KeyView): void {
    const { mops, values, statuses } = this.transactions;
    const { order, irregular, branch } = view;
    const firstFailed = this.firstFailed(order.length);
    this.clearRewriters(order.length);
    for (let i = view.from; i < view.to; i++) {
      const mop = this.byKey.mops[i];
      if (mops[mop] & WRITE) continue;
      const reader = this.owner(mop);
      const length = values[mop];
      let append = -1;
      let place = length - 1;
      if (length > 0) {
        if (!irregular) append = this.appends.at[place];
        else {
          const last = elementsRead(this.transactions, mop)[length - 1];
          append = this.appends.of(last);
          place =
            append >= 0
              ? this.appends.places[append]
              : branchOf(this.transactions, mop) === branch
                ? order.indexOf(last)
                : -2;
        }
      }
      if (append >= 0) {
        const writeMop = this.appends.mops[append];
        const writer = this.owner(writeMop);
        if (statuses[writer] !== FAIL) this.builder.add(writer, reader, WR);
        if (mops[writeMop] & INTERMEDIATE && writer !== reader) this.reportIntermediate(mop, writeMop);
      }
      if (length > 0 && (irregular || length > firstFailed)) this.reportAborted(mop);
      // Where reads contradict each other, one may show what the order has as its successor.
      const hasNext = (length === 0 || place >= 0) && place + 1 < order.length;
      if (hasNext && !(irregular && elementsRead(this.transactions, mop).includes(order[place + 1])))
        this.overwrittenAt(reader, place + 1);
      if (mops[mop] & REWRITTEN && !irregular) this.noteRewriter(view.key, reader, length);
    }
  }

  private overwrittenAt(reader: number, place: number): void {
    const append = this.appends.at[place];
    if (append < 0) return;
    const writer = this.appends.writer(append);
    if (possible(this.transactions, writer)) this.builder.add(reader, writer, RW);
  }

  /** Appends that no read shows come after the last version that a read shows. */
  private followUnobserved(view: KeyView): void {
    const { order } = view;
    const late: number[] = [];
    for (let append = 0; append < this.appends.mops.length; append++) {
      if (this.appends.places[append] >= 0) continue;
      const writer = this.appends.writer(append);
      if (this.transactions.statuses[writer] === OK) this.unseen++;
      if (possible(this.transactions, writer) && late.at(-1) !== writer) late.push(writer);
    }
    if (late.length === 0) return;
    if (late.length > 1) this.partlyOrdered++;
    const lastAppend = order.length > 0 ? this.appends.at[order.length - 1] : -1;
    if (lastAppend >= 0) {
      const writer = this.appends.writer(lastAppend);
      if (possible(this.transactions, writer)) for (const later of late) this.builder.add(writer, later, WW);
    }
    this.builder.addAll(this.readersOfLast(view), late, RW);
  }

  private readersOfLast({ from, to, order }: KeyView): number[] {
    const { mops } = this.transactions;
    const readers: number[] = [];
    const last = order.at(-1);
    for (let i = from; i < to; i++) {
      const mop = this.byKey.mops[i];
      if (mops[mop] & WRITE) continue;
      if (lastRead(this.transactions, mop) === last && readers.at(-1) !== this.owner(mop))
        readers.push(this.owner(mop));
    }
    return readers;
  }

  /** The place of the first element of a failed append. */
  private firstFailed(length: number): number {
    for (let place = 0; place < length; place++) {
      const append = this.appends.at[place];
      if (append >= 0 && !possible(this.transactions, this.appends.writer(append))) return place;
    }
    return length;
  }

  private reportAborted(mop: number): void {
    for (const value of elementsRead(this.transactions, mop)) {
      const append = this.appends.of(value);
      const reader = this.owner(mop);
      if (append < 0) {
        this.findings.add('thin-air-read', [reader], () => this.names.thinAir(mop, reader, value));
        continue;
      }
      const writer = this.appends.writer(append);
      if (possible(this.transactions, writer)) continue;
      this.findings.add('G1a', [reader, writer], () => this.names.aborted(mop, reader, writer, value));
    }
  }

  private reportIntermediate(read: number, write: number): void {
    const reader = this.owner(read);
    const writer = this.owner(write);
    this.findings.add('G1b', [reader, writer], () => this.names.intermediate(reader, writer, write));
  }

  private clearRewriters(length: number): void {
    if (this.rewriters.length <= length) this.rewriters = new Int32Array(length * 2 + 2);
    this.rewriters.fill(0, 0, length + 1);
  }

  private noteRewriter(key: number, reader: number, length: number): void {
    const first = this.rewriters[length] - 1;
    if (first < 0) this.rewriters[length] = reader + 1;
    else this.findings.add('lost-update', [first, reader], () => this.names.lostUpdate(key, first, reader, length));
  }
}
