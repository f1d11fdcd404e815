import type { Json } from '../../harness/history/operation.js';

export type Mop = readonly [f: 'r' | 'append' | 'w', key: number, value: Json];

/** A transaction for the oracle. Of an unknown one the reads count for nothing, and it may not have happened. */
export interface SmallTransaction {
  readonly process: number;
  /** Positions of its events; Infinity when it never completed or its outcome is unknown. */
  readonly invoke: number;
  readonly complete: number;
  readonly certain: boolean;
  readonly mops: readonly Mop[];
}

/** What must hold between two transactions besides the data, for the order to be one of those allowed. */
export type Before = (a: SmallTransaction, b: SmallTransaction) => boolean;

export const noOrder: Before = () => false;
export const realTime: Before = (a, b) => a.complete < b.invoke;
export const sessions: Before = (a, b) => a.process === b.process && a.complete < b.invoke;

type State = ReadonlyMap<number, readonly number[]>;

/** Whether some order of the transactions, executed one by one, explains every read. By trying them all. */
export function serializable(transactions: readonly SmallTransaction[], before: Before, lists: boolean): boolean {
  return choices(transactions).some((chosen) => place(chosen, new Map(), before, lists));
}

/**
 * Whether some order of commits and, for each transaction, a snapshot taken at some earlier point explains every read, such
 * that of two transactions writing one key the later saw the earlier in its snapshot. By trying them all. `before`: its
 * second transaction's snapshot contains the first.
 */
export function snapshotIsolated(transactions: readonly SmallTransaction[], before: Before, lists: boolean): boolean {
  return choices(transactions).some((chosen) => commit([], chosen, [new Map()], before, lists));
}

/** All choices of which unknown transactions happened. */
function choices(transactions: readonly SmallTransaction[]): SmallTransaction[][] {
  const unknown = transactions.filter(({ certain }) => !certain);
  const certain = transactions.filter((transaction) => transaction.certain);
  return Array.from({ length: 1 << unknown.length }, (_, bits) => [
    ...certain,
    ...unknown.filter((_, i) => bits & (1 << i)),
  ]);
}

function place(left: readonly SmallTransaction[], state: State, before: Before, lists: boolean): boolean {
  if (left.length === 0) return true;
  return left.some((next) => {
    if (left.some((other) => other !== next && before(other, next))) return false;
    const after = execute(next, state, lists);
    return (
      after !== undefined &&
      place(
        left.filter((other) => other !== next),
        after,
        before,
        lists,
      )
    );
  });
}

function commit(
  done: readonly SmallTransaction[],
  left: readonly SmallTransaction[],
  states: readonly State[],
  before: Before,
  lists: boolean,
): boolean {
  if (left.length === 0) return true;
  return left.some((next) => {
    if (left.some((other) => other !== next && before(other, next))) return false;
    const rest = left.filter((other) => other !== next);
    return states.some((snapshot, seen) => {
      const missed = done.slice(seen);
      if (missed.some((other) => before(other, next) || writesSame(other, next))) return false;
      if (execute(next, snapshot, lists) === undefined) return false;
      const installed = install(next, states[states.length - 1], lists);
      return commit([...done, next], rest, [...states, installed], before, lists);
    });
  });
}

function writesSame(a: SmallTransaction, b: SmallTransaction): boolean {
  return a.mops.some(([f, key]) => f !== 'r' && b.mops.some(([g, other]) => g !== 'r' && other === key));
}

/** The state after the transaction, or undefined where a read contradicts it. A register is a list read by its end. */
function execute(transaction: SmallTransaction, state: State, lists: boolean): State | undefined {
  const next = new Map(state);
  for (const [f, key, value] of transaction.mops) {
    const own = next.get(key) ?? [];
    if (f !== 'r') next.set(key, [...own, value as number]);
    else if (transaction.certain) {
      const expected = lists ? JSON.stringify(own) : JSON.stringify(own.at(-1) ?? null);
      if (JSON.stringify(value) !== expected) return undefined;
    }
  }
  return next;
}

function install(transaction: SmallTransaction, state: State, lists: boolean): State {
  return execute({ ...transaction, certain: false }, state, lists) ?? state;
}

/**
 * Whether some order of the writers of each register leaves Adya's graph of ww, wr and item rw edges acyclic (PL-2.99). By
 * trying the orders key after key, keeping those without a cycle so far.
 */
export function repeatableRead(transactions: readonly SmallTransaction[]): boolean {
  const reads = transactions.flatMap((reader) =>
    reader.certain ? observed(reader).map(([key, value]) => ({ reader, key, value })) : [],
  );
  const writes = transactions.flatMap((writer) => finalWrites(writer).map(([key, value]) => ({ writer, key, value })));
  const committed = writes.filter(
    ({ writer, key, value }) => writer.certain || reads.some((read) => read.key === key && read.value === value),
  );
  const edges: Edge[] = reads.flatMap(({ reader, key, value }) =>
    committed
      .filter((write) => write.key === key && write.value === value)
      .map(({ writer }) => [writer, reader] as const),
  );
  const readersOf = (key: number, value: Json) =>
    reads.filter((read) => read.key === key && read.value === value).map(({ reader }) => reader);
  /** Puts one version after the other, as long as no cycle arises. */
  const order = (left: readonly (typeof committed)[number][], previous: Previous, before: readonly Edge[]): boolean => {
    if (left.length === 0) return true;
    const sameKey = left.filter(({ key }) => key === previous?.key);
    const [next] = left;
    const current = sameKey.length > 0 ? previous : undefined;
    const candidates = sameKey.length > 0 ? sameKey : left.filter(({ key }) => key === next.key);
    return candidates.some((write) => {
      const overwritten = readersOf(write.key, current?.value ?? null).map((reader): Edge => [reader, write.writer]);
      const forced: Edge[] = current ? [[current.writer, write.writer], ...overwritten] : overwritten;
      const together = [...before, ...forced.filter(([from, to]) => from !== to)];
      return (
        acyclic(transactions, together) &&
        order(
          left.filter((other) => other !== write),
          write,
          together,
        )
      );
    });
  };
  const known = edges.filter(([from, to]) => from !== to);
  return acyclic(transactions, known) && order(committed, undefined, known);
}

type Previous = { readonly writer: SmallTransaction; readonly key: number; readonly value: Json } | undefined;

type Edge = readonly [from: SmallTransaction, to: SmallTransaction];

/** All reads count, also later ones that see another version than the first. */
function observed({ mops }: SmallTransaction): (readonly [key: number, value: Json])[] {
  return mops.filter(([f]) => f === 'r').map(([, key, value]) => [key, value]);
}

function finalWrites({ mops }: SmallTransaction): (readonly [key: number, value: Json])[] {
  return mops
    .filter(([f, key], i) => f !== 'r' && !mops.slice(i + 1).some(([g, other]) => g !== 'r' && other === key))
    .map(([, key, value]) => [key, value]);
}

function acyclic(transactions: readonly SmallTransaction[], edges: readonly Edge[]): boolean {
  let left = [...transactions];
  for (;;) {
    const first = left.filter((to) => !edges.some(([from, target]) => target === to && left.includes(from)));
    if (first.length === 0) return left.length === 0;
    left = left.filter((transaction) => !first.includes(transaction));
  }
}
