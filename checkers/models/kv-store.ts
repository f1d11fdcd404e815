import type { Json } from '../../harness/history/operation.js';
import type { Model, ModelOperation } from '../model.js';
import { actionOf, type Action, type Comparison, type Step, type StoreRange } from './kv-store-actions.js';
import { text } from './values.js';

interface Entry {
  readonly value: Json;
  readonly lease?: string;
}

/** What is there: absent keys are not. */
interface Store {
  readonly entries: Readonly<Record<string, Entry>>;
  readonly leases: readonly string[];
}

/**
 * A store of several keys, as etcd offers one, empty at first. The key is the event's, or in the value:
 *
 * - `get` k → value, null where absent; `put` [k v], or `{key, value, lease}`; `delete` k → nothing, or how many there were;
 * - `cas` [k from to] (null: absent) → nothing, or whether it succeeded;
 * - `range` [from to) , `{prefix}` or null for all → a map, or a list of [key value] in order of keys;
 * - `txn` `{if: [[key "=" value]…], then: […], else: […]}` of `["get" k]`, `["put" k v]`, `["put" k v lease]`,
 *   `["delete" k]` → `{succeeded, responses}`, or nothing; comparisons `=`, `!=`, `<`, `>`, and `exists` true or false;
 * - `grant` a lease, `revoke` (or `expire`) one: its keys are deleted.
 */
export const kvStore: Model<Store> = {
  name: 'kv-store',
  summary:
    'a store of several keys: get, put, delete, cas, range, txn (if, then, else), grant, revoke and expire of leases',
  operations: ['get', 'put', 'delete', 'cas', 'range', 'txn', 'grant', 'revoke', 'expire'],
  initial: () => ({ entries: {}, leases: [] }),
  step(store, operation) {
    const action = actionOf(operation);
    return action.kind === 'txn' ? transact(store, action) : act(store, action);
  },
  key: ({ entries, leases }) =>
    text([
      Object.fromEntries(Object.entries(entries).map(([key, { value, lease }]) => [key, [value, lease ?? null]])),
      [...leases].sort(),
    ]),
  keysOf: (operation) => touchedBy(actionOf(operation)),
  isRead: (operation) => {
    const action = actionOf(operation);
    if (action.kind !== 'txn') return isRead(action);
    return [...action.then.steps, ...action.otherwise.steps].every(isRead);
  },
  describe: ({ f, key, input, output }: ModelOperation) =>
    [f, ...(key === undefined ? [] : [key]), ...(input === null ? [] : [text(input)])].join(' ') +
    (output === undefined || output === null ? '' : ` → ${text(output)}`),
  describeState: ({ entries, leases }) => {
    const values = Object.fromEntries(Object.entries(entries).map(([key, { value }]) => [key, value]));
    return `${text(values)}${leases.length === 0 ? '' : `, leases ${leases.join(', ')}`}`;
  },
};

function isRead({ kind }: Action): boolean {
  return kind === 'get' || kind === 'range';
}

function valueOf({ entries }: Store, key: string): Json {
  return key in entries ? entries[key].value : null;
}

/** The comparisons are made on what was there before; then one of the two lists is done, step after step. */
function transact(store: Store, { comparisons, succeeded, then, otherwise }: Transaction): Store | undefined {
  const isTrue = comparisons.every((comparison) => holds(store, comparison));
  const { steps, answered } = isTrue ? then : otherwise;
  if ((succeeded !== undefined && succeeded !== isTrue) || answered === 'other') return undefined;
  return steps.reduce<Store | undefined>((after, step) => after && act(after, step), store);
}

type Transaction = Extract<Action, { readonly kind: 'txn' }>;

function holds(store: Store, { key, operator, value }: Comparison): boolean {
  const present = valueOf(store, key);
  switch (operator) {
    case '=':
      return text(present) === text(value);
    case '!=':
      return text(present) !== text(value);
    case 'exists':
      return (present !== null) === (value !== false);
    case '<':
    case '>': {
      if (present === null || value === null || typeof present !== typeof value) return false;
      return operator === '<' ? present < value : present > value;
    }
  }
}

function act(store: Store, action: Exclude<Action, Transaction>): Store | undefined {
  switch (action.kind) {
    case 'get':
      return action.answer === undefined || text(action.answer) === text(valueOf(store, action.key))
        ? store
        : undefined;
    case 'put':
      if (action.lease !== undefined && !store.leases.includes(action.lease)) return undefined;
      return withEntry(store, action.key, {
        value: action.value,
        ...(action.lease !== undefined && { lease: action.lease }),
      });
    case 'delete': {
      const was = valueOf(store, action.key) !== null;
      return action.deleted === undefined || action.deleted === was ? without(store, [action.key]) : undefined;
    }
    case 'cas': {
      const fits = text(valueOf(store, action.key)) === text(action.from);
      if (action.succeeded !== undefined && action.succeeded !== fits) return undefined;
      // Acknowledged without an answer means success; of one whose outcome is unknown only success matters.
      if (!fits) return action.succeeded === false ? store : undefined;
      return action.to === null ? without(store, [action.key]) : withEntry(store, action.key, { value: action.to });
    }
    case 'range':
      return action.answer === undefined || text(action.answer) === text(rangeOf(store, action.range))
        ? store
        : undefined;
    case 'grant':
      return store.leases.includes(action.lease) ? undefined : { ...store, leases: [...store.leases, action.lease] };
    case 'revoke': {
      if (!store.leases.includes(action.lease)) return undefined;
      const keys = Object.keys(store.entries).filter((key) => store.entries[key].lease === action.lease);
      return { ...without(store, keys), leases: store.leases.filter((lease) => lease !== action.lease) };
    }
  }
}

function rangeOf({ entries }: Store, { from, to }: StoreRange): Json {
  const inside = Object.keys(entries)
    .filter((key) => key >= from && (to === undefined || key < to))
    .sort();
  return Object.fromEntries(inside.map((key) => [key, entries[key].value]));
}

function withEntry(store: Store, key: string, entry: Entry): Store {
  if (entry.value === null) return without(store, [key]);
  return { ...store, entries: { ...store.entries, [key]: entry } };
}

function without(store: Store, keys: readonly string[]): Store {
  if (!keys.some((key) => key in store.entries)) return store;
  const entries = Object.fromEntries(Object.entries(store.entries).filter(([key]) => !keys.includes(key)));
  return { ...store, entries };
}

function touchedBy(action: Action): readonly (string | StoreRange)[] {
  switch (action.kind) {
    case 'range':
      return [action.range];
    case 'grant':
    case 'revoke':
      return [leaseKey(action.lease)];
    case 'put':
      return action.lease === undefined ? [action.key] : [action.key, leaseKey(action.lease)];
    case 'txn': {
      const steps: readonly Step[] = [...action.then.steps, ...action.otherwise.steps];
      return [...action.comparisons.map(({ key }) => key), ...steps.flatMap(touchedBy)];
    }
    default:
      return [action.key];
  }
}

/** Leases hang together with the keys that are put with them; no key begins with this character. */
function leaseKey(lease: string): string {
  return `\u0000lease ${lease}`;
}
