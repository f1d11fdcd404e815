import type { Evidence } from '../evidence.js';
import type { Edge } from '../graph.js';
import type { Access, Transaction, Transactions } from './transactions.js';

/** An edge of a reader, and the place of its read within the transaction. */
export interface ReadEdge {
  readonly edge: Edge;
  readonly key: string;
  readonly at: number;
}

/** What certainly holds among committed transactions, in every execution that the evidence allows. */
export interface Dependencies {
  readonly nodes: number;
  /** From the writer of a version to who read it. */
  readonly wr: readonly ReadEdge[];
  /** From the writer of an element to who read it with later ones after it. */
  readonly seen: readonly Edge[];
  /** From a writer to one that wrote the same key later. */
  readonly ww: readonly ReadEdge[];
  /** From who read a version to the writer of a later one. */
  readonly rw: readonly ReadEdge[];
}

/** Two writers of a key, one of which is first. */
export interface Open {
  readonly key: string;
  readonly writers: Edge;
}

export interface Inferred {
  readonly known: Dependencies;
  readonly open: readonly Open[];
  /** What follows besides where `writers` come in this order. */
  ordered(key: string, writers: Edge): Pick<Dependencies, 'ww' | 'rw'>;
}

export function infer(transactions: Transactions, evidence: Evidence): Inferred {
  return new Inference(transactions, evidence).run();
}

class Inference {
  private readonly wr: ReadEdge[] = [];
  private readonly seen: Edge[] = [];
  private readonly ww: ReadEdge[] = [];
  private readonly rw: ReadEdge[] = [];
  private readonly committed: readonly Transaction[];
  /** Keys that were read in their initial state where keys are assumed to go forward. */
  private readonly keys: string[] = [];
  /** By key: committed transactions that write it. */
  private readonly writers = new Map<string, Transaction[]>();

  constructor(
    private readonly transactions: Transactions,
    private readonly evidence: Evidence,
  ) {
    this.committed = transactions.all.filter(({ committed }) => committed);
    for (const transaction of this.committed) {
      for (const key of keysWritten(transaction)) this.writers.set(key, [...this.writersOf(key), transaction]);
    }
  }

  run(): Inferred {
    for (const reader of this.committed) {
      reader.accesses.forEach((access, at) => {
        if (access.is === 'write') return;
        if (this.transactions.data === 'lists') this.followList(reader, access, at);
        else this.followRegister(reader, access, at);
      });
    }
    if (this.assume()) this.beginKeys();
    const open: Open[] = [];
    for (const [key, writers] of this.writers) {
      writers.forEach((a, i) => {
        for (const b of writers.slice(i + 1)) {
          const known = this.orderOf(key, a, b);
          for (const pair of known) this.order(key, pair);
          if (known.length === 0) open.push({ key, writers: [a.number, b.number] });
        }
      });
    }
    const { wr, seen, ww, rw } = this;
    const ordered = (key: string, pair: Edge) => ({ ww: [{ edge: pair, key, at: 0 }], rw: this.passedBy(key, pair) });
    return { known: { nodes: this.transactions.all.length + this.keys.length, wr, seen, ww, rw }, open, ordered };
  }

  private writersOf(key: string): readonly Transaction[] {
    return this.writers.get(key) ?? [];
  }

  /** A list shows who has appended and who has not. */
  private followList(reader: Transaction, { key, list }: Access, at: number): void {
    list.forEach((element, place) => {
      const writer = this.transactions.writer(key, element);
      if (writer === undefined || writer === reader) return;
      if (place === list.length - 1) this.wr.push({ edge: [writer.number, reader.number], key, at });
      else this.seen.push([writer.number, reader.number]);
    });
    const shown = new Set(list);
    for (const writer of this.writersOf(key)) {
      const isLater = writer !== reader && appends(writer, key).some((element) => !shown.has(element));
      if (isLater) this.rw.push({ edge: [reader.number, writer.number], key, at });
    }
  }

  private followRegister(reader: Transaction, { key, value }: Access, at: number): void {
    if (reader.accesses.slice(0, at).some((access) => access.is === 'write' && access.key === key)) return;
    const writer = this.transactions.writer(key, value);
    if (writer !== undefined && writer !== reader) this.wr.push({ edge: [writer.number, reader.number], key, at });
    if (!this.transactions.isInitial(key, value)) return;
    for (const other of this.writersOf(key)) {
      if (other !== reader) this.rw.push({ edge: [reader.number, other.number], key, at });
    }
  }

  private order(key: string, pair: Edge): void {
    this.ww.push({ edge: pair, key, at: 0 });
    this.rw.push(...this.passedBy(key, pair));
  }

  /** Of registers: who read from the first of two writers read before the second wrote. */
  private passedBy(key: string, [first, second]: Edge): ReadEdge[] {
    if (this.transactions.data === 'lists') return [];
    return this.wr
      .filter(({ edge: [writer, reader], key: of }) => of === key && writer === first && reader !== second)
      .map(({ edge: [, reader], at }) => ({ edge: [reader, second] as const, key, at }));
  }

  /** In which order two appended to a list, as far as reads tell; both where each is before the other. */
  private orderOf(key: string, a: Transaction, b: Transaction): Edge[] {
    if (this.transactions.data === 'registers') return [];
    const orders: Edge[] = [];
    for (const x of appends(a, key)) {
      for (const y of appends(b, key)) {
        if (this.shows(key, x, y)) orders.push([a.number, b.number]);
        if (this.shows(key, y, x)) orders.push([b.number, a.number]);
      }
    }
    return orders;
  }

  /** Whether some read shows one element and another after it or not at all, so that the other was appended later. */
  private shows(key: string, first: string, second: string): boolean {
    if (this.transactions.writer(key, first) === undefined) return false;
    return this.committed.some(({ accesses }) =>
      accesses.some((access) => {
        if (access.is === 'write' || access.key !== key) return false;
        const place = access.list.indexOf(first);
        const other = access.list.indexOf(second);
        if (place < 0) return false;
        return other < 0 || (other > place && this.transactions.writer(key, second) !== undefined);
      }),
    );
  }

  /** Orders of versions that hold by assumption, where the evidence says that it is made. */
  private assume(): boolean {
    if (this.transactions.data === 'lists') return false;
    const { premises } = this.evidence;
    const chosen = (option: string) =>
      premises.some(
        ({ fact, ...rest }) =>
          fact === 'option' && 'name' in rest && rest.name === option && (rest.value === true || rest.value === 'true'),
      );
    if (chosen('writesFollowReads') || premises.some(({ fact }) => fact === 'read-modify-writes'))
      this.assumeRewrites();
    if (chosen('sequentialKeys'))
      this.assumeForward((a, b) => a.listed.invocation.process === b.listed.invocation.process);
    if (chosen('linearizableKeys')) this.assumeForward(() => true);
    return true;
  }

  /** The first version of a key, a node of its own, precedes all others. */
  private initialOf(key: string): number {
    if (!this.keys.includes(key)) this.keys.push(key);
    return this.transactions.all.length + this.keys.indexOf(key);
  }

  private beginKeys(): void {
    for (const key of this.keys) {
      for (const { number } of this.writersOf(key)) this.ww.push({ edge: [this.initialOf(key), number], key, at: 0 });
    }
  }

  /** Who reads a version and writes the key replaces it. */
  private assumeRewrites(): void {
    for (const { edge, key } of [...this.wr]) {
      if (keysWritten(this.transactions.all[edge[1]]).has(key)) this.order(key, edge);
    }
  }

  /** Whoever comes later sees or leaves no earlier version of a key. */
  private assumeForward(related: (a: Transaction, b: Transaction) => boolean): void {
    for (const a of this.committed) {
      for (const b of this.committed) {
        if (a === b || a.listed.completedAt >= b.listed.invokedAt || !related(a, b)) continue;
        for (const key of new Set(a.accesses.map(({ key: of }) => of))) {
          const before = this.source(a, key, 'left');
          const after = this.source(b, key, 'met');
          if (before === undefined || after === undefined) continue;
          // A version that a transaction wrote before another of its own, met after that one, precedes itself.
          if (before.node !== after.node || before.place > after.place) this.order(key, [before.node, after.node]);
        }
      }
    }
  }

  /** Which version of a key a transaction left behind, or met first: its writer, and the place among that one's accesses. */
  private source(transaction: Transaction, key: string, when: 'left' | 'met'): Version | undefined {
    const own = transaction.accesses.filter((access) => access.key === key);
    const access = when === 'left' ? (own.findLast(({ is }) => is === 'write') ?? own.at(-1)) : own[0];
    if (access === undefined) return undefined;
    if (access.is === 'read' && this.transactions.isInitial(key, access.value))
      return { node: this.initialOf(key), place: 0 };
    const writer = access.is === 'write' ? transaction : this.transactions.writer(key, access.value);
    if (writer === undefined) return undefined;
    const isWrite = (other: Access) => other.is === 'write' && other.key === key && other.value === access.value;
    return { node: writer.number, place: writer.accesses.findIndex(isWrite) };
  }
}

interface Version {
  readonly node: number;
  readonly place: number;
}

function keysWritten({ accesses }: Transaction): ReadonlySet<string> {
  return new Set(accesses.filter(({ is }) => is === 'write').map(({ key }) => key));
}

function appends({ accesses }: Transaction, of: string): readonly string[] {
  return accesses.filter(({ is, key }) => is === 'write' && key === of).map(({ value }) => value);
}
