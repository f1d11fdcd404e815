import { branchOf, elementsRead, REWRITTEN, WRITE, type Transactions } from '../transactions/transactions.js';
import type { KeyView, ListAppendInference } from './list-append.js';
import { nameTransaction } from './naming.js';

type Added = readonly [kind: string, transactions: readonly number[], describe: () => string];

/** Sentences of the anomalies that need no cycle. */
export class ListNames {
  constructor(private readonly transactions: Transactions) {}

  dirtyUpdate(key: number, aborted: number, committed: number): string {
    return `${this.who(committed)} committed an append to key ${this.key(key)} on top of one of ${this.who(aborted)}, which had failed`;
  }

  aborted(mop: number, reader: number, writer: number, value: number): string {
    return `${this.who(reader)} read ${this.value(value)} in key ${this.keyOf(mop)}, appended by ${this.who(writer)}, which had failed`;
  }

  thinAir(mop: number, reader: number, value: number): string {
    return `${this.who(reader)} read ${this.value(value)} in key ${this.keyOf(mop)}, which no transaction ever appended`;
  }

  intermediate(reader: number, writer: number, write: number): string {
    return (
      `${this.who(reader)} read key ${this.keyOf(write)} up to ${this.value(this.transactions.values[write])}, ` +
      `which was not the last append of ${this.who(writer)} to that key`
    );
  }

  lostUpdate(key: number, first: number, second: number, length: number): string {
    const version = length === 0 ? 'empty' : `with ${String(length)} element${length === 1 ? '' : 's'}`;
    return `${this.who(first)} and ${this.who(second)} both read key ${this.key(key)} ${version} and both appended to it`;
  }

  futureRead(mop: number, owner: number): Added {
    const describe = () =>
      `${this.who(owner)} read ${this.value(this.transactions.values[mop])} in key ${this.keyOf(mop)} before appending it itself`;
    return ['future-read', [owner], describe];
  }

  internal(mop: number, owner: number): Added {
    const describe = () =>
      `${this.who(owner)} read ${this.list(mop)} from key ${this.keyOf(mop)}, which contradicts its own earlier reads and appends of that key`;
    return ['internal', [owner], describe];
  }

  reversed(owner: number, first: number, second: number, how: 'before' | 'without'): string {
    const { values } = this.transactions;
    return (
      `${this.who(owner)} appended ${this.value(values[first])} and then ${this.value(values[second])} to key ` +
      `${this.keyOf(first)}, but reads show the second ${how} the first`
    );
  }

  incompatible(key: number, a: number, b: number, readers: readonly [number, number]): string {
    return (
      `${this.who(readers[0])} read ${this.list(a)} and ${this.who(readers[1])} read ${this.list(b)} ` +
      `from key ${this.key(key)}: no order of appends allows both`
    );
  }

  duplicate(mop: number, owner: number, value: number): string {
    return `${this.who(owner)} read ${this.list(mop)} from key ${this.keyOf(mop)}, with ${this.value(value)} more than once`;
  }

  private who(transaction: number): string {
    return nameTransaction(this.transactions, transaction);
  }

  private key(key: number): string {
    return this.transactions.keyNames[key];
  }

  private keyOf(mop: number): string {
    return this.key(this.transactions.keys[mop]);
  }

  private value(code: number): string {
    return this.transactions.codes.nameOf(code);
  }

  private list(mop: number): string {
    const elements = [...elementsRead(this.transactions, mop)].map((code) => this.value(code));
    return elements.length <= 12
      ? `[${elements.join(' ')}]`
      : `[${elements.slice(0, 4).join(' ')} … ${elements.slice(-6).join(' ')}] (${String(elements.length)} elements)`;
  }
}

/** Reads of one key that are not prefixes of each other, and lost updates among a key's contradicting reads. */
export function checkDeviants(inference: ListAppendInference, view: KeyView, branches: readonly number[]): void {
  const { lists } = inference.transactions;
  const reads = readsByBranch(inference, view);
  // Branches longest first: by then each is either a prefix of the version order or contradicts it.
  for (const branch of branches) {
    if (branch === view.branch || branch < 0) continue;
    const agreed = commonPrefix(lists.elements(branch), lists.elements(view.branch));
    const contradicting = reads.find(
      (mop) => branchOf(inference.transactions, mop) === branch && lengthOf(inference, mop) > agreed,
    );
    const longest = reads.find(
      (mop) =>
        branchOf(inference.transactions, mop) === view.branch && lengthOf(inference, mop) === lists.length(view.branch),
    );
    if (contradicting === undefined || longest === undefined) continue;
    const readers = [inference.owner(contradicting), inference.owner(longest)] as const;
    inference.findings.add('incompatible-order', readers, () =>
      inference.names.incompatible(view.key, contradicting, longest, readers),
    );
  }
  lostUpdatesByContent(inference, view, reads);
}

/** Elements that one read shows twice. */
export function checkDuplicates(inference: ListAppendInference, view: KeyView): void {
  const { values, lists } = inference.transactions;
  const firstRepeat = new Map<number, number>();
  for (const mop of readsByBranch(inference, view)) {
    const branch = branchOf(inference.transactions, mop);
    if (branch < 0) continue;
    if (!firstRepeat.has(branch)) firstRepeat.set(branch, repeatIn(lists.elements(branch)));
    const repeat = firstRepeat.get(branch)!;
    if (values[mop] <= repeat) continue;
    const value = lists.elements(branch)[repeat];
    const owner = inference.owner(mop);
    inference.findings.add('duplicate-elements', [owner], () => inference.names.duplicate(mop, owner, value));
  }
}

function lostUpdatesByContent(inference: ListAppendInference, view: KeyView, reads: readonly number[]): void {
  const { mops, values } = inference.transactions;
  const first = new Map<string, number>();
  for (const mop of reads) {
    if (!(mops[mop] & REWRITTEN)) continue;
    const content = elementsRead(inference.transactions, mop).join();
    const owner = inference.owner(mop);
    const other = first.get(content);
    if (other === undefined) first.set(content, owner);
    else {
      const describe = () => inference.names.lostUpdate(view.key, other, owner, values[mop]);
      inference.findings.add('lost-update', [other, owner], describe);
    }
  }
}

function readsByBranch({ byKey, transactions }: ListAppendInference, { from, to }: KeyView): number[] {
  const reads: number[] = [];
  for (let i = from; i < to; i++) if (!(transactions.mops[byKey.mops[i]] & WRITE)) reads.push(byKey.mops[i]);
  return reads;
}

function lengthOf(inference: ListAppendInference, mop: number): number {
  return inference.transactions.values[mop];
}

function commonPrefix(a: Int32Array, b: Int32Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Index of the first element that occurred before, or the length. */
function repeatIn(elements: Int32Array): number {
  const seen = new Set<number>();
  for (let i = 0; i < elements.length; i++) {
    if (seen.has(elements[i])) return i;
    seen.add(elements[i]);
  }
  return elements.length;
}
