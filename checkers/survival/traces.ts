import { type History, NONE, OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { identity } from '../../harness/history/values/identity.js';
import { elementsOf } from '../../harness/history/values/literal.js';
import type { Trace, Traces } from './surviving.js';
import type { TimedOperation } from './timelines.js';

/** Operations with one of these names change something; nothing is known of what becomes of them. */
export function updates(...names: readonly string[]): Traces {
  return { isUpdate: (history, { invocation }) => names.includes(nameAt(history, invocation)) };
}

/** `add` of one element to a set, `read` of all of it. */
export const setTraces: Traces = {
  ...updates('add'),
  confirms: true,
  read(history, later) {
    const seen = new Map<string, Set<string>>();
    for (const { invocation, completion } of later) {
      if (!isOk(history, completion) || nameAt(history, invocation) !== 'read') continue;
      const elements = elementsOf(history.value(completion));
      if (elements === undefined) continue;
      const known = entryOf(seen, keyAt(history, invocation), () => new Set<string>());
      for (const element of elements) known.add(identity(element));
    }
    return ({ invocation }) => {
      const known = seen.get(keyAt(history, invocation));
      return known === undefined ? 'unknown' : found(known.has(identity(history.value(invocation))));
    };
  },
};

/** `transfer` with an id; `ledger` lists every transfer there is. One that was refused changed nothing. */
export const bankTraces: Traces = {
  isUpdate(history, { invocation, completion }) {
    if (nameAt(history, invocation) !== 'transfer') return false;
    return (
      completion === NONE || (history.value(completion) as { readonly outcome?: Json } | null)?.outcome !== 'refused'
    );
  },
  read(history, later) {
    let ids: Set<Json | undefined> | undefined;
    for (const { invocation, completion } of later) {
      if (!isOk(history, completion) || nameAt(history, invocation) !== 'ledger') continue;
      const { transfers } = history.value(completion) as { readonly transfers?: readonly { readonly id?: Json }[] };
      ids ??= new Set();
      for (const { id } of transfers ?? []) ids.add(id);
    }
    return ({ invocation }) => {
      const { id } = (history.value(invocation) ?? {}) as { readonly id?: Json };
      return ids === undefined || id === undefined ? 'unknown' : found(ids.has(id));
    };
  },
};

type MicroOperation = readonly [string, Json, Json];

/** Transactions of micro-operations, some of which write. */
export const transactionTraces: Traces = {
  isUpdate: (history, { invocation }) => microOperations(history, invocation).some(([f]) => f !== 'r'),
};

/** Appends to lists leave their elements in every later read of the list. */
export const appendTraces: Traces = {
  ...transactionTraces,
  read(history, later) {
    const lists = new Map<string, Set<string>>();
    for (const { completion } of later) {
      if (!isOk(history, completion)) continue;
      for (const [f, key, value] of microOperations(history, completion)) {
        if (f !== 'r') continue;
        const known = entryOf(lists, identity(key), () => new Set<string>());
        if (Array.isArray(value)) for (const element of value as readonly Json[]) known.add(identity(element));
      }
    }
    return (update) => traceOf(microOperations(history, update.invocation), lists);
  },
};

/** All of a transaction's elements whose lists were read decide; those of lists that nobody read tell nothing. */
function traceOf(operations: readonly MicroOperation[], lists: ReadonlyMap<string, ReadonlySet<string>>): Trace {
  let [there, missing] = [0, 0];
  for (const [f, key, value] of operations) {
    const list = f === 'r' ? undefined : lists.get(identity(key));
    if (list === undefined) continue;
    if (list.has(identity(value))) there++;
    else missing++;
  }
  if (there > 0) return missing > 0 ? 'partial' : 'present';
  return missing > 0 ? 'absent' : 'unknown';
}

const found = (isThere: boolean): Trace => (isThere ? 'present' : 'absent');

const nameAt = ({ columns }: History, position: number): string => columns.functionNames[columns.functions[position]];

function keyAt({ columns }: History, position: number): string {
  const key = columns.keys[position];
  return key === NONE ? '' : columns.keyNames[key];
}

const isOk = ({ columns }: History, completion: TimedOperation['completion']): boolean =>
  completion !== NONE && columns.types[completion] === OK;

function microOperations(history: History, position: number): readonly MicroOperation[] {
  const value = history.value(position);
  return Array.isArray(value) ? (value as readonly MicroOperation[]) : [];
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
