import { NONE, OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, CheckContext, Premise, Verdict } from '../checker.js';
import { positionOf } from '../witness/listed.js';
import { NULL_VALUE } from '../transactions/names.js';
import { branchOf, elementsRead, lastRead, WRITE, type Transactions } from '../transactions/transactions.js';
import { groupByKey, type ByKey } from './by-key.js';
import { longestBranch } from './list-order.js';
import { operationsOf } from './naming.js';
import { registerOptions } from './version-orders.js';

type Options = CheckContext['options'];

/**
 * The verdict with all premises of its anomalies: who wrote the versions that were read, the read that shows the order of a
 * list's appends, that nobody else wrote the values it rests on, and what was assumed. More than a proof may need, as
 * those that it does not are left out where it is proven anew.
 */
export function withPremises(verdict: Verdict, transactions: Transactions, options: Options): Verdict {
  if (verdict.anomalies.length === 0) return verdict;
  const collector = new Collector(transactions, options);
  const anomalies = verdict.anomalies.map((anomaly) => collector.complete(anomaly));
  return { ...verdict, anomalies } as Verdict;
}

const FORWARD = ['sequentialKeys', 'linearizableKeys'];
/** Transactions that a witness may rest on where keys are assumed to go forward. */
const MOST_ACCESSES = 200;

class Collector {
  private readonly byKey: ByKey;
  /** By key, once asked for: by code of a value, who asked to write it. */
  private readonly writers = new Map<number, ReadonlyMap<number, readonly number[]>>();
  private readonly assumed: readonly Premise[];

  constructor(
    private readonly transactions: Transactions,
    options: Options,
  ) {
    this.byKey = groupByKey(transactions);
    this.assumed = assumptions(transactions, options);
  }

  complete(anomaly: Anomaly): Anomaly {
    const members = new Set<number>();
    for (const index of anomaly.operations) {
      const member = this.invokedBy(index);
      if (member !== undefined) members.add(member);
    }
    if (members.size === 0) return anomaly;
    if (this.transactions.family === 'list-append') this.addListReaders(members, anomaly.kind);
    else this.addWriters(members);
    const premises = [...this.facts(members, anomaly.kind), ...this.assumed, ...(anomaly.premises ?? [])];
    const operations = operationsOf(this.transactions, [...members]);
    return { ...anomaly, operations, ...(premises.length > 0 && { premises }) };
  }

  /** Who showed the most of the lists that members share; for what was lost or repeated also who wrote it. */
  private addListReaders(members: Set<number>, kind: string): void {
    const { keys } = this.transactions;
    const touched = new Map<number, number>();
    for (const member of members) {
      for (const key of new Set(this.mopsOf(member).map((mop) => keys[mop])))
        touched.set(key, (touched.get(key) ?? 0) + 1);
    }
    for (const member of kind === 'lost-update' || kind === 'duplicate-elements' ? [...members] : []) {
      for (const mop of this.readsOf(member)) {
        const versions = kind === 'lost-update' ? [lastRead(this.transactions, mop)] : this.repeated(mop);
        for (const version of versions) {
          if (version !== undefined) for (const writer of this.writersOf(keys[mop], version)) members.add(writer);
        }
      }
    }
    for (const [key, count] of touched) {
      const reader = count < 2 && kind !== 'internal' ? undefined : this.longestRead(key);
      if (reader !== undefined) members.add(reader);
    }
  }

  private repeated(mop: number): number[] {
    const elements = [...elementsRead(this.transactions, mop)];
    return [...new Set(elements.filter((element, place) => elements.indexOf(element) < place))];
  }

  private addWriters(members: Set<number>): void {
    const { keys, values } = this.transactions;
    // Where each key is taken to go forward, any access of it may tell the order of two versions.
    if (this.assumed.some((premise) => premise.fact === 'option' && FORWARD.includes(premise.name))) {
      const touched = new Set([...members].flatMap((member) => this.mopsOf(member).map((mop) => keys[mop])));
      for (let other = 0; other < this.transactions.length && members.size < MOST_ACCESSES; other++) {
        if (this.mopsOf(other).some((mop) => touched.has(keys[mop]))) members.add(other);
      }
    }
    for (const member of [...members]) {
      for (const mop of this.readsOf(member))
        for (const writer of this.writersOf(keys[mop], values[mop])) members.add(writer);
    }
  }

  private facts(members: ReadonlySet<number>, kind: string): Premise[] {
    const { family, keys, values, starts } = this.transactions;
    const facts = new Map<string, Premise>();
    for (const member of members) {
      const texts = this.textsOf(member);
      for (const mop of this.readsOf(member)) {
        const [, key, shown] = texts[mop - starts[member]];
        const seen = family === 'list-append' ? [...elementsRead(this.transactions, mop)] : [values[mop]];
        seen.forEach((code, place) => {
          const value = family === 'list-append' ? (shown as readonly Json[])[place] : shown;
          const isInitial = family === 'rw-register' && code === NULL_VALUE;
          if (isInitial) facts.set(`initial ${JSON.stringify(key)}`, { fact: 'initial', key, value });
          const writers = this.writersOf(keys[mop], code);
          if (writers.length === 0 && !isInitial && kind !== 'thin-air-read') return;
          if (writers.every((writer) => members.has(writer))) {
            facts.set(`${JSON.stringify(key)} ${JSON.stringify(value)}`, { fact: 'writers', key, value });
          }
        });
      }
    }
    return [...facts.values()];
  }

  private mopsOf(member: number): number[] {
    const { starts } = this.transactions;
    return Array.from({ length: starts[member + 1] - starts[member] }, (_, i) => starts[member] + i);
  }

  private readsOf(member: number): number[] {
    return this.mopsOf(member).filter((mop) => !(this.transactions.mops[mop] & WRITE));
  }

  /** Micro-operations as they were recorded; of an acknowledged transaction as many as it has here. */
  private textsOf(member: number): readonly (readonly [string, Json, Json])[] {
    const { history, completions, statuses, invokes } = this.transactions;
    const position = statuses[member] === OK && completions[member] !== NONE ? completions[member] : invokes[member];
    return history.value(position) as unknown as readonly (readonly [string, Json, Json])[];
  }

  private writersOf(key: number, code: number): readonly number[] {
    let ofKey = this.writers.get(key);
    if (ofKey === undefined) this.writers.set(key, (ofKey = this.writersOfKey(key)));
    return ofKey.get(code) ?? [];
  }

  private writersOfKey(key: number): ReadonlyMap<number, readonly number[]> {
    const { mops, values } = this.transactions;
    const { offsets, mops: sorted, owners } = this.byKey;
    const writers = new Map<number, number[]>();
    for (let at = offsets[key]; at < offsets[key + 1]; at++) {
      const mop = sorted[at];
      if (!(mops[mop] & WRITE)) continue;
      const known = writers.get(values[mop]);
      if (known === undefined) writers.set(values[mop], [owners.of(mop)]);
      else if (known.at(-1) !== owners.of(mop)) known.push(owners.of(mop));
    }
    return writers;
  }

  /** The transaction that showed the most of a list. */
  private longestRead(key: number): number | undefined {
    const { mops, values, lists } = this.transactions;
    const { offsets, mops: sorted, owners } = this.byKey;
    const longest = longestBranch(lists, key);
    let most = 0;
    let reader: number | undefined;
    for (let at = offsets[key]; at < offsets[key + 1]; at++) {
      const mop = sorted[at];
      if (mops[mop] & WRITE || values[mop] <= most || branchOf(this.transactions, mop) !== longest) continue;
      most = values[mop];
      reader = owners.of(mop);
    }
    return reader;
  }

  /** The transaction invoked by the event with an index of the journal; both ascend. */
  private invokedBy(index: number): number | undefined {
    const { invokes, history, length } = this.transactions;
    const position = positionOf(history, index);
    if (position === undefined) return undefined;
    let [low, high] = [0, length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (invokes[middle] < position) low = middle + 1;
      else high = middle;
    }
    return invokes[low] === position ? low : undefined;
  }
}

function assumptions(transactions: Transactions, options: Options): readonly Premise[] {
  const chosen = transactions.family === 'rw-register' ? registerOptions(transactions, options) : {};
  const option = (name: string, value: Json): Premise => ({ fact: 'option', name, value });
  const { writesFollowReads, sequentialKeys, linearizableKeys } = chosen;
  const isGiven = options['writesFollowReads'] !== undefined;
  return [
    ...(writesFollowReads === true && isGiven ? [option('writesFollowReads', options['writesFollowReads'])] : []),
    ...(writesFollowReads === true && !isGiven ? [{ fact: 'read-modify-writes' } as const] : []),
    ...(sequentialKeys === true ? [option('sequentialKeys', options['sequentialKeys'])] : []),
    ...(linearizableKeys === true ? [option('linearizableKeys', options['linearizableKeys'])] : []),
    ...(options['realtime'] === false ? [option('realtime', false)] : []),
  ];
}
