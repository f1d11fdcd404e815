import type { Json } from '../../../harness/history/operation.js';
import type { Evidence, Listed } from '../evidence.js';
import { identity } from '../identity.js';
import { isTransaction } from '../writes.js';

/** What keys hold. A list only grows, and a read shows all of it; a register is replaced by each write. */
export type Data = 'lists' | 'registers';

/** One access of a transaction; keys and values by identity. */
export interface Access {
  readonly is: 'read' | 'write';
  readonly key: string;
  /** What was written or, of a register, read. */
  readonly value: string;
  /** The list that was read, oldest element first. */
  readonly list: readonly string[];
}

export interface Transaction {
  readonly number: number;
  readonly listed: Listed;
  readonly accesses: readonly Access[];
  /** It took effect: acknowledged, or somebody committed read what only it can have written. */
  committed: boolean;
}

/** The listed transactions, and which of them wrote what others read. */
export interface Transactions {
  readonly data: Data;
  readonly all: readonly Transaction[];
  /** Listed transactions that asked to write a value; undefined unless it is a fact that nobody else did. */
  attempts(key: string, value: string): readonly Transaction[] | undefined;
  /** The one that wrote what was read, where it can be no other. */
  writer(key: string, value: string): Transaction | undefined;
  /** Whether a read of this value shows the state before anybody wrote. */
  isInitial(key: string, value: string): boolean;
}

export function transactionsOf({ operations, premises }: Evidence, data: Data): Transactions {
  const all = operations.map((listed, number): Transaction => {
    const accesses = accessesOf(listed, data);
    return { number, listed, accesses, committed: listed.outcome === 'ok' };
  });
  const closed = new Set<string>();
  const initial = new Map<string, string>();
  for (const premise of premises) {
    if (premise.fact === 'writers') closed.add(`${identity(premise.key)} ${identity(premise.value)}`);
    if (premise.fact === 'initial') initial.set(identity(premise.key), identity(premise.value));
  }
  const writers = new Map<string, Transaction[]>();
  for (const transaction of all) {
    for (const { is, key, value } of transaction.accesses) {
      const name = `${key} ${value}`;
      const known = writers.get(name);
      if (is === 'read' || known?.includes(transaction)) continue;
      if (known) known.push(transaction);
      else writers.set(name, [transaction]);
    }
  }
  const attempts = (key: string, value: string) =>
    closed.has(`${key} ${value}`) ? (writers.get(`${key} ${value}`) ?? []) : undefined;
  const writer = (key: string, value: string) => {
    const possible = attempts(key, value)?.filter(({ listed }) => listed.outcome !== 'fail');
    return possible?.length === 1 ? possible[0] : undefined;
  };
  const isInitial = (key: string, value: string) =>
    (initial.get(key) ?? initial.get('')) === value &&
    attempts(key, value)?.every(({ listed }) => listed.outcome === 'fail') === true;
  commitWhatWasRead(all, data, writer);
  return { data, all, attempts, writer, isInitial };
}

function commitWhatWasRead(
  all: readonly Transaction[],
  data: Data,
  writer: (key: string, value: string) => Transaction | undefined,
): void {
  const queue = all.filter(({ committed }) => committed);
  for (const reader of queue) {
    for (const { is, key, value, list } of reader.accesses) {
      if (is === 'write') continue;
      for (const seen of data === 'lists' ? list : [value]) {
        const from = writer(key, seen);
        if (from === undefined || from.committed) continue;
        from.committed = true;
        queue.push(from);
      }
    }
  }
}

/** What a transaction did; of one whose answer is unknown, or not listed, what it asked to write. */
function accessesOf({ invocation, completion, outcome }: Listed, data: Data): readonly Access[] {
  const value = outcome === 'ok' ? completion!.value : invocation.value;
  if (!isTransaction(value)) return [];
  return value.flatMap(([f, of, what]): Access[] => {
    const key = identity(of);
    if (f !== 'r' && f !== 'read') return [{ is: 'write', key, value: identity(what), list: [] }];
    if (outcome !== 'ok') return [];
    const list = data === 'lists' && Array.isArray(what) ? what.map((element: Json) => identity(element)) : [];
    return [{ is: 'read', key, value: identity(what), list }];
  });
}
