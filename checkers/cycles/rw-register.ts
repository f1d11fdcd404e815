import { FAIL, INFO, NONE, OK } from '../../harness/history/history.js';
import { NULL_VALUE } from '../transactions/names.js';
import { EXTERNAL, INTERMEDIATE, possible, REWRITTEN, WRITE, type Transactions } from '../transactions/transactions.js';
import { groupByKey, type ByKey } from './by-key.js';
import { Findings } from './findings.js';
import { DependencyBuilder, RW, WR, WW } from './graph.js';
import type { Inference } from './list-append.js';
import { Limits } from './limits.js';
import { NotUnique } from './not-unique.js';
import { RegisterNames } from './register-anomalies.js';
import { ValueIndex } from './value-index.js';
import { assumptionsOf, VersionOrders, type Access, type RegisterOptions } from './version-orders.js';

/**
 * Dependencies between transactions over registers whose writes are unique. A read tells its writer (wr). Versions are only
 * partly ordered: null comes first, and the options say which further assumptions order them. A version order v < v' makes
 * the writer and the readers of v precede the writer of v' (ww, rw).
 */
export function inferRwRegister(
  transactions: Transactions,
  options: RegisterOptions = {},
  limits = new Limits(),
): Inference {
  return new RegisterInference(transactions, options, limits).run();
}

class RegisterInference {
  private readonly findings = new Findings();
  private readonly names: RegisterNames;
  private readonly byKey: ByKey;
  private readonly index = new ValueIndex();
  private readonly builder: DependencyBuilder;
  private readonly orders: VersionOrders;
  /** By write of the current key (in order of invocation): its micro-operation, and the external readers of its value. */
  private readonly writes: number[] = [];
  private readonly readers: number[][] = [];
  private initialReaders: number[] = [];
  private readonly rewriters: number[] = [];
  private partlyOrdered = 0;

  constructor(
    private readonly transactions: Transactions,
    private readonly options: RegisterOptions,
    private readonly limits: Limits,
  ) {
    this.byKey = groupByKey(transactions);
    this.names = new RegisterNames(transactions);
    this.builder = new DependencyBuilder(transactions.length);
    this.orders = new VersionOrders(transactions, options, this.findings);
  }

  run(): Inference {
    const { offsets } = this.byKey;
    for (let key = 0; key + 1 < offsets.length; key++) {
      this.limits.tick('inferring dependencies');
      this.indexWrites(key, offsets[key], offsets[key + 1]);
      this.followReads(key, offsets[key], offsets[key + 1]);
      this.orderVersions(key, this.accesses(offsets[key], offsets[key + 1]));
    }
    return {
      graph: this.builder.build(),
      findings: this.findings,
      assumptions: assumptionsOf(this.options),
      partlyOrderedKeys: this.partlyOrdered,
    };
  }

  private owner(mop: number): number {
    return this.byKey.owners.of(mop);
  }

  private indexWrites(key: number, from: number, to: number): void {
    const { mops, values } = this.transactions;
    this.writes.length = this.readers.length = this.rewriters.length = 0;
    this.initialReaders = [];
    let low = 0x7fffffff;
    let high = NULL_VALUE;
    for (let i = from; i < to; i++) {
      const mop = this.byKey.mops[i];
      if (!(mops[mop] & WRITE)) continue;
      this.writes.push(mop);
      this.readers.push([]);
      this.rewriters.push(NONE);
      low = Math.min(low, values[mop]);
      high = Math.max(high, values[mop]);
    }
    this.rewriters.push(NONE);
    this.index.reset(low, high, this.writes.length);
    for (let write = 0; write < this.writes.length; write++) {
      const value = values[this.writes[write]];
      const other = this.index.get(value);
      if (other >= 0) {
        const pair = [this.owner(this.writes[other]), this.owner(this.writes[write])];
        throw new NotUnique(this.transactions, 'written', key, value, pair);
      }
      this.index.set(value, write);
    }
  }

  /** wr edges, and what a single read betrays. */
  private followReads(key: number, from: number, to: number): void {
    const { mops, values, statuses } = this.transactions;
    let previousOwner = NONE;
    let state = NULL_VALUE;
    let known = false;
    let broken = false;
    for (let i = from; i < to; i++) {
      const mop = this.byKey.mops[i];
      const owner = this.owner(mop);
      if (owner !== previousOwner) known = broken = false;
      previousOwner = owner;
      const value = values[mop];
      if (!(mops[mop] & WRITE)) {
        if (known && value !== state && !broken) {
          broken = true;
          const expected = state;
          this.findings.add('internal', [owner], () => this.names.internal(owner, key, expected, value));
        }
        this.followRead(key, mop, owner, value);
      }
      state = value;
      known = true;
    }
    for (let write = 0; write < this.writes.length; write++) {
      const writer = this.owner(this.writes[write]);
      if (this.hidden(write) || statuses[writer] === FAIL) continue;
      for (const reader of this.readers[write]) this.builder.add(writer, reader, WR);
    }
  }

  private followRead(key: number, mop: number, reader: number, value: number): void {
    const { mops } = this.transactions;
    const write = value === NULL_VALUE ? this.writes.length : this.index.get(value);
    if (write < 0) {
      this.findings.add('thin-air-read', [reader], () => this.names.thinAir(reader, key, value));
      return;
    }
    if (mops[mop] & REWRITTEN) this.noteRewriter(key, write, reader, value);
    if (value === NULL_VALUE) {
      if (mops[mop] & EXTERNAL) this.initialReaders.push(reader);
      return;
    }
    const writeMop = this.writes[write];
    const writer = this.owner(writeMop);
    if (mops[mop] & EXTERNAL) this.readers[write].push(reader);
    if (writer === reader && writeMop > mop)
      this.findings.add('future-read', [reader], () => this.names.future(reader, key, value));
    if (!possible(this.transactions, writer)) {
      this.findings.add('G1a', [reader, writer], () => this.names.aborted(reader, writer, key, value));
    }
    if (mops[writeMop] & INTERMEDIATE && writer !== reader) {
      this.findings.add('G1b', [reader, writer], () => this.names.intermediate(reader, writer, key, value));
    }
  }

  private noteRewriter(key: number, write: number, reader: number, value: number): void {
    const first = this.rewriters[write];
    if (first === NONE) this.rewriters[write] = reader;
    else this.findings.add('lost-update', [first, reader], () => this.names.lostUpdate(first, reader, key, value));
  }

  /** A write that no other transaction should ever see: overwritten by its own transaction. */
  private hidden(write: number): boolean {
    return (this.transactions.mops[this.writes[write]] & INTERMEDIATE) !== 0;
  }

  /**
   * A write takes part in version orders when it is its transaction's last and certainly took effect: it returned ok, or
   * somebody read it. (An unknown one that nobody read has nothing after it and so closes no cycle.)
   */
  private takesPart(write: number): boolean {
    const writer = this.owner(this.writes[write]);
    const status = this.transactions.statuses[writer];
    return !this.hidden(write) && (status === OK || (status === INFO && this.readers[write].length > 0));
  }

  /** The first and last external value of each transaction that accessed the key. Versions: write number, or -1 for null. */
  private accesses(from: number, to: number): Access[] {
    const { mops, values, statuses } = this.transactions;
    const accesses: Access[] = [];
    let write = 0;
    for (let i = from; i < to;) {
      const transaction = this.owner(this.byKey.mops[i]);
      let read: number | undefined;
      let wrote: number | undefined;
      for (; i < to && this.owner(this.byKey.mops[i]) === transaction; i++) {
        const mop = this.byKey.mops[i];
        if (mops[mop] & WRITE) wrote = write++;
        else if (mops[mop] & EXTERNAL) read = values[mop] === NULL_VALUE ? -1 : this.index.get(values[mop]);
        // A value that nobody wrote has no place among the versions.
        if (read === -1 && values[mop] !== NULL_VALUE && !(mops[mop] & WRITE)) read = undefined;
      }
      if (statuses[transaction] === FAIL) continue;
      if (wrote !== undefined && !this.takesPart(wrote)) wrote = undefined;
      if (read !== undefined || wrote !== undefined) accesses.push({ transaction, read, wrote });
    }
    return accesses;
  }

  private orderVersions(key: number, accesses: readonly Access[]): void {
    const written = this.writes.map((_, write) => write).filter((write) => this.takesPart(write));
    const writers = written.map((write) => this.owner(this.writes[write]));
    this.builder.addAll(this.initialReaders, writers, RW);
    if (this.initialReaders.length > 0 && writers.length > 0) this.builder.relate();
    const edges = this.orders.of(key, accesses, this.writes.length);
    // The first version needs no predecessor; with one for every other the versions form a chain.
    if (new Set(edges.map(([, after]) => after)).size < written.length - 1) this.partlyOrdered++;
    for (const [before, after] of edges) {
      if (before < 0 || !this.takesPart(after)) continue;
      const writer = this.owner(this.writes[after]);
      this.builder.relate();
      if (this.takesPart(before)) this.builder.add(this.owner(this.writes[before]), writer, WW);
      for (const reader of this.readers[before]) this.builder.add(reader, writer, RW);
    }
  }
}
