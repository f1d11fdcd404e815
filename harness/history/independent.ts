import type { ColumnStore, Names } from './columns.js';
import { INVOKE, NEMESIS, NONE, OK, VALUE_INT, VALUE_NULL, VALUE_PAIR, VALUE_RAW } from './history.js';
import { keyNameOf } from './key-names.js';
import type { Json } from './operation.js';

/**
 * Whether values are `[key value]` pairs of independent objects (Jepsen's `independent`). `tagged`: the file says so
 * itself, by tags; `auto`: whoever reads looks at the invocations.
 */
export type Independent = 'auto' | 'yes' | 'no' | 'tagged';

/** Events by which to decide what the values are. */
const SAMPLE = 4000;
/** Operations whose values are pairs of something else. */
const OTHER_PAIRS = ['cas', 'compare-and-set', 'txn', 'transfer'];
const decoder = new TextDecoder();

interface Names2 {
  readonly functions: Names;
  readonly keys: Names;
}

/** What the values of a history look like: `pairs` for certain, `perhaps`, or something else. */
export type Look = 'pairs' | 'perhaps' | 'other';

/**
 * Looks at the beginning of a history. Values are pairs where every client invocation has one and those of some operation
 * ask without knowing, `[key nil]`, each of them. That tells independent registers from compare-and-sets, and from sets
 * whose elements are pairs: those are read as a whole. Where every invocation is a pair and none asks, they may be.
 */
export function lookOf(store: ColumnStore, functionNames: readonly string[]): Look {
  const asks = new Map<number, boolean>();
  let others = 0;
  const end = Math.min(store.length, SAMPLE);
  for (let position = 0; position < end; position++) {
    if (store.processes[position] === NEMESIS || store.types[position] !== INVOKE) continue;
    if (store.keys[position] !== NONE) return 'other';
    const second = secondOf(store, position);
    if (second === 'none') return 'other';
    const f = store.functions[position];
    const other = OTHER_PAIRS.includes(functionNames[f]);
    if (other) others++;
    asks.set(f, !other && second === 'null' && asks.get(f) !== false);
  }
  if ([...asks.values()].includes(true)) return 'pairs';
  return asks.size > 0 && others === 0 ? 'perhaps' : 'other';
}

/** The second part of a pair, as far as it matters. */
function secondOf(store: ColumnStore, position: number): 'none' | 'null' | 'other' {
  if (store.valueKinds[position] === VALUE_PAIR) return 'other';
  if (store.valueKinds[position] !== VALUE_RAW) return 'none';
  const pair = pairAt(store, position);
  return pair === undefined ? 'none' : pair[1] === null ? 'null' : 'other';
}

function pairAt(store: ColumnStore, position: number): readonly [Json, Json] | undefined {
  const { valuesA, valuesB, slab } = store;
  if (slab[valuesA[position]] !== 0x5b) return undefined;
  const text = decoder.decode(slab.subarray(valuesA[position], valuesA[position] + valuesB[position]));
  const value = JSON.parse(text) as readonly [Json, Json];
  return value.length === 2 ? value : undefined;
}

/**
 * Moves keys out of the values of all client events, in the order of events. A completion may tell the pair, or the value
 * alone.
 *
 * @param reject told of an invocation that is no pair
 */
export function splitKeys(store: ColumnStore, names: Names2, reject: (position: number) => never): void {
  const open = new Map<number, number>();
  for (let position = 0; position < store.length; position++) {
    const process = store.processes[position];
    if (process === NEMESIS) continue;
    const pair = splitAt(store, position);
    if (store.types[position] === INVOKE || !open.has(process)) {
      if (pair === undefined) reject(position);
      const key = names.keys.intern(keyNameOf(pair.key));
      store.keys[position] = key;
      pair.take();
      if (store.types[position] === INVOKE) open.set(process, key);
      continue;
    }
    const key = open.get(process)!;
    open.delete(process);
    store.keys[position] = key;
    if (pair !== undefined && names.keys.intern(keyNameOf(pair.key)) === key) pair.take();
  }
}

interface Split {
  readonly key: Json;
  /** Leaves the value alone. */
  take(): void;
}

function splitAt(store: ColumnStore, position: number): Split | undefined {
  const { valueKinds, valuesA, valuesB } = store;
  if (valueKinds[position] === VALUE_PAIR) {
    return { key: valuesA[position], take: () => put(store, position, VALUE_INT, valuesB[position], 0) };
  }
  const pair = valueKinds[position] === VALUE_RAW ? pairAt(store, position) : undefined;
  if (pair === undefined) return undefined;
  return { key: pair[0], take: () => takeSecond(store, position, pair[1]) };
}

/** The second part of a pair stands at the end of its text, in the same spelling. */
function takeSecond(store: ColumnStore, position: number, value: Json): void {
  if (value === null) return put(store, position, VALUE_NULL, 0, 0);
  if (isInt32(value)) return put(store, position, VALUE_INT, value, 0);
  if (Array.isArray(value) && value.length === 2 && isInt32(value[0]) && isInt32(value[1])) {
    return put(store, position, VALUE_PAIR, value[0], value[1]);
  }
  const { slab, valuesA, valuesB } = store;
  const end = valuesA[position] + valuesB[position] - 1;
  put(store, position, VALUE_RAW, startOfLast(slab, valuesA[position] + 1, end), 0);
  store.valuesB[position] = end - store.valuesA[position];
}

/** Where the second of two JSON values begins, the first beginning at `at`: after the comma outside of everything. */
function startOfLast(slab: Uint8Array, at: number, end: number): number {
  let depth = 0;
  for (; at < end; at++) {
    const byte = slab[at];
    if (byte === 0x22) {
      for (at++; slab[at] !== 0x22; at++) if (slab[at] === 0x5c) at++;
    } else if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) depth--;
    else if (byte === 0x2c && depth === 0) return at + 1;
  }
  return end;
}

function put(store: ColumnStore, position: number, kind: number, a: number, b: number): void {
  store.valueKinds[position] = kind;
  store.valuesA[position] = a;
  store.valuesB[position] = b;
}

function isInt32(value: Json): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

/** Whether the answers of successful operations are pairs too, as far as a history's beginning shows. */
export function answersArePairs(store: ColumnStore): boolean {
  const end = Math.min(store.length, SAMPLE);
  for (let position = 0; position < end; position++) {
    if (store.processes[position] === NEMESIS || store.types[position] !== OK) continue;
    if (store.valueKinds[position] !== VALUE_NULL && secondOf(store, position) === 'none') return false;
  }
  return true;
}
