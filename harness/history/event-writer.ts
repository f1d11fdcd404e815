import { type ColumnStore, NameTable, type Names } from './columns.js';
import { FAIL, INFO, INVOKE, NEMESIS, NONE, OK, VALUE_INT, VALUE_NULL, VALUE_PAIR, VALUE_RAW } from './history.js';
import type { EventType, Json, Process } from './operation.js';

/** An event as tests and formats give it; what is absent is filled in. */
export interface EventInput {
  /** By default the position. */
  readonly index?: number;
  /** By default the position. Past 2^53 (nanoseconds since an epoch) a bigint: such times are told from the first on. */
  readonly time?: number | bigint;
  /**
   * A number, `nemesis`, or the name of a client. May be absent in all events of an imported history: then each completion
   * follows its invocation directly.
   */
  readonly process?: Process | string;
  readonly type: EventType;
  readonly f: string;
  /** By default null. */
  readonly value?: Json;
  readonly key?: string;
  readonly node?: string;
  readonly workload?: string;
  readonly error?: string;
}

/** The string tables that the ids in a {@link ColumnStore} point into. */
export interface EventNames {
  readonly functions: Names;
  readonly keys: Names;
  readonly nodes: Names;
  readonly workloads: Names;
  readonly errors: Names;
  /** Of clients that have no number. */
  readonly processes: Names;
}

/** How many different strings each column can number. */
const CAPACITY: Readonly<Record<keyof EventNames, number>> = {
  functions: 0x1_0000,
  keys: 0x7fff_ffff,
  nodes: 0x8000,
  workloads: 0x8000,
  errors: 0x7fff_ffff,
  processes: 0x10_0000,
};
const TYPES: Readonly<Record<EventType, number>> = { invoke: INVOKE, ok: OK, fail: FAIL, info: INFO };

/** Index or time that an event does not have. */
export const ABSENT = -1;
export const MAX_INT32 = 2_147_483_647;
/** Largest number that a process may have. */
export const MAX_PROCESS = 0x7fef_ffff;
/** While a history is read, the n-th client with a name is this process plus n. */
export const NAMED_PROCESS = MAX_PROCESS + 1;
const encoder = new TextEncoder();

export function newEventNames(): EventNames {
  return {
    functions: new NameTable(),
    keys: new NameTable(),
    nodes: new NameTable(),
    workloads: new NameTable(),
    errors: new NameTable(),
    processes: new NameTable(),
  };
}

/** Appends one event to the columns. `reject` is told what makes it no event. */
export function writeEvent(
  store: ColumnStore,
  names: EventNames,
  event: EventInput,
  reject: (problem: string) => never,
): void {
  const id = (table: Names, name: string | undefined) => (name === undefined ? NONE : table.intern(name));
  store.reserve(1);
  store.put({
    type: TYPES[event.type] ?? reject(`unknown type ${JSON.stringify(event.type)}; invoke, ok, fail or info`),
    process: processNumber(event.process ?? 0, names.processes, reject),
    time: timeOf(store, event.time, reject),
    index: event.index ?? ABSENT,
    function: names.functions.intern(event.f),
    key: id(names.keys, event.key),
    node: id(names.nodes, event.node),
    workload: id(names.workloads, event.workload),
    error: id(names.errors, event.error),
  });
  const overfull = overfullTable(names);
  if (overfull !== undefined) reject(overfull);
  writeValue(store, event.value ?? null, reject);
  store.length++;
}

/** Says which table holds more names than its column can number. */
export function overfullTable(names: EventNames): string | undefined {
  const table = (Object.keys(CAPACITY) as (keyof EventNames)[]).find((name) => names[name].size > CAPACITY[name]);
  return table && `more than ${CAPACITY[table]} different ${table}`;
}

function processNumber(process: Process | string, names: Names, reject: (problem: string) => never): number {
  if (process === 'nemesis') return NEMESIS;
  if (typeof process === 'string' && process !== '') return NAMED_PROCESS + names.intern(process);
  if (Number.isInteger(process) && Number(process) >= 0 && Number(process) <= MAX_PROCESS) return Number(process);
  return reject(
    `process must be "nemesis", a name, or an integer from 0 to ${MAX_PROCESS}, not ${JSON.stringify(process)}`,
  );
}

/** Room before the first time of a history for events that are out of order, in ns. */
const EPOCH_MARGIN_NS = 10n ** 15n;

/** The epoch of a history whose first time since some epoch is this. */
export function epochOf(time: bigint): bigint {
  return time - EPOCH_MARGIN_NS;
}

/** A double holds nanoseconds of 104 days exactly, so times past that are kept from an epoch of the history's own. */
function timeOf(store: ColumnStore, time: number | bigint | undefined, reject: (problem: string) => never): number {
  if (time === undefined) return ABSENT;
  if (typeof time === 'bigint') store.epoch ??= epochOf(time);
  if (store.epoch === undefined) return Number(time);
  const sinceEpoch = BigInt(time) - store.epoch;
  if (sinceEpoch >= 0n && sinceEpoch <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(sinceEpoch);
  return reject(`time ${time} is more than 90 days away from that of other events`);
}

/** Writes the value of the event at `store.length`. */
function writeValue(store: ColumnStore, value: Json, reject: (problem: string) => never): void {
  if (value === null) return putValue(store, VALUE_NULL, 0, 0);
  if (isInt32(value)) return putValue(store, VALUE_INT, value, 0);
  if (Array.isArray(value) && value.length === 2 && isInt32(value[0]) && isInt32(value[1])) {
    return putValue(store, VALUE_PAIR, value[0], value[1]);
  }
  const text = JSON.stringify(value);
  const sizeBytes = Buffer.byteLength(text);
  if (store.slabLength + sizeBytes > MAX_INT32) reject('the values of this history take more than 2 GiB');
  store.reserveSlab(sizeBytes);
  encoder.encodeInto(text, store.slab.subarray(store.slabLength));
  putValue(store, VALUE_RAW, store.slabLength, sizeBytes);
  store.slabLength += sizeBytes;
}

function putValue(store: ColumnStore, kind: number, a: number, b: number): void {
  store.valueKinds[store.length] = kind;
  store.valuesA[store.length] = a;
  store.valuesB[store.length] = b;
}

function isInt32(value: Json): value is number {
  return typeof value === 'number' && (value | 0) === value;
}
