import type { MicroOperations } from './micro-operations/micro-operations.js';
import type { EventType, Json, Operation } from './operation.js';
import type { Origin } from './origin.js';
import { plain } from './values/plain.js';

export const INVOKE = 0;
export const OK = 1;
export const FAIL = 2;
export const INFO = 3;
const TYPE_NAMES: readonly EventType[] = ['invoke', 'ok', 'fail', 'info'];

/** Process number of the nemesis in {@link HistoryColumns.processes}. */
export const NEMESIS = -1;
/** Absent key, node, workload, error or partner. */
export const NONE = -1;

/** How {@link HistoryColumns.valuesA} and {@link HistoryColumns.valuesB} encode an event's value. */
export const VALUE_NULL = 0;
/** `valuesA` is the value, an int32. */
export const VALUE_INT = 1;
/** The value is an array of exactly two int32: `[valuesA, valuesB]`. */
export const VALUE_PAIR = 2;
/** The value is UTF-8 JSON text in `slab`, from byte `valuesA`, `valuesB` bytes long. */
export const VALUE_RAW = 3;
/** The value is a transaction: `valuesB` of the `microOperations`, from `valuesA` on, with its answers if it is `ok`. */
export const VALUE_TRANSACTION = 4;

/**
 * A history by columns, one entry an event, in real-time order. Typed arrays, so that a checker's inner loop touches
 * no object per operation and a million operations fit in tens of megabytes.
 */
export interface HistoryColumns {
  readonly length: number;
  /** INVOKE, OK, FAIL or INFO. */
  readonly types: Uint8Array;
  /** Logical process, or NEMESIS. */
  readonly processes: Int32Array;
  /** Nanoseconds since the run began. Where a history has no times, the position itself. */
  readonly times: Float64Array;
  /** Index recorded in the journal; a selection keeps the indices of the whole. */
  readonly indices: Int32Array;
  /** Into `functionNames`. */
  readonly functions: Uint16Array;
  /** Into `keyNames`, or NONE. */
  readonly keys: Int32Array;
  /** Into `nodeNames`, or NONE. */
  readonly nodes: Int16Array;
  /** Into `workloadNames`, or NONE. */
  readonly workloads: Int16Array;
  /** Into `errorTexts`, or NONE. */
  readonly errors: Int32Array;
  /** VALUE_NULL, VALUE_INT, VALUE_PAIR, VALUE_RAW or VALUE_TRANSACTION. */
  readonly valueKinds: Uint8Array;
  readonly valuesA: Int32Array;
  readonly valuesB: Int32Array;
  /** An invocation's completion, a completion's invocation (positions), or NONE. */
  readonly pairs: Int32Array;
  /** UTF-8 JSON text of the VALUE_RAW values. */
  readonly slab: Uint8Array;
  /** Where there are values of VALUE_TRANSACTION. */
  readonly microOperations?: MicroOperations;
  /** What a read of nil says where nil is written nowhere: in Knossos' histories that nothing was set yet. Absent: nil. */
  readonly nilReads?: 'unset';
  readonly functionNames: readonly string[];
  readonly keyNames: readonly string[];
  readonly nodeNames: readonly string[];
  readonly workloadNames: readonly string[];
  readonly errorTexts: readonly string[];
  /** Of processes that have names in place of numbers. */
  readonly processNames?: ReadonlyMap<number, string>;
  /** Its values may be of types that JSON does not have. */
  readonly notation?: 'edn';
}

const decoder = new TextDecoder();

/** The decoded value at a position. */
export function valueAt(columns: HistoryColumns, position: number): Json {
  const { types, valueKinds, valuesA, valuesB, slab, microOperations } = columns;
  const a = valuesA[position];
  const b = valuesB[position];
  switch (valueKinds[position]) {
    case VALUE_NULL:
      return null;
    case VALUE_INT:
      return a;
    case VALUE_PAIR:
      return [a, b];
    case VALUE_TRANSACTION:
      return microOperations?.json(a, b, types[position] === OK ? 'answered' : 'asked') ?? null;
    default:
      return JSON.parse(decoder.decode(slab.subarray(a, a + b))) as Json;
  }
}

/** An immutable recorded history. Made by {@link HistoryBuilder} or read by one of the formats. */
export class History {
  constructor(
    readonly columns: HistoryColumns,
    /** The file it came from, if any. */
    readonly origin?: Origin,
  ) {}

  get length(): number {
    return this.columns.length;
  }

  /** The id of operation name `f`, or NONE when the history never uses it. */
  functionId(f: string): number {
    return this.columns.functionNames.indexOf(f);
  }

  /** The process at a position as people know it: by its name or number. */
  processName(position: number): string {
    return this.nameOfProcess(this.columns.processes[position]);
  }

  /** A process as people know it: by its name or number. */
  nameOfProcess(process: number): string {
    return process === NEMESIS ? 'nemesis' : (this.columns.processNames?.get(process) ?? String(process));
  }

  /** Where an event stands: `file:line`, or `event 7` in a history that was in no file. */
  placeOf(position: number): string {
    const index = this.columns.indices[position];
    return this.origin?.placeOf(index) ?? `event ${index}`;
  }

  /** The decoded value at a position. Allocates: not for inner loops. */
  value(position: number): Json {
    return valueAt(this.columns, position);
  }

  /** The decoded record at a position (a transfer, balances…), whose parts have a meaning of their own: see {@link plain}. */
  record(position: number): Json {
    const value = this.value(position);
    return this.columns.notation === undefined ? value : plain(value);
  }

  /** The event at a position as an object. Allocates: for reports and messages, not for inner loops. */
  event(position: number): Operation {
    const c = this.columns;
    const process = c.processes[position];
    const name = (names: readonly string[], id: number) => (id === NONE ? undefined : names[id]);
    const key = name(c.keyNames, c.keys[position]);
    const node = name(c.nodeNames, c.nodes[position]);
    const workload = name(c.workloadNames, c.workloads[position]);
    const error = name(c.errorTexts, c.errors[position]);
    return {
      index: c.indices[position],
      time: c.times[position],
      process: process === NEMESIS ? 'nemesis' : process,
      type: TYPE_NAMES[c.types[position]],
      f: c.functionNames[c.functions[position]],
      value: this.value(position),
      ...(key !== undefined && { key }),
      ...(node !== undefined && { node }),
      ...(workload !== undefined && { workload }),
      ...(error !== undefined && { error }),
    };
  }

  /** All events as objects, lazily. */
  *events(): IterableIterator<Operation> {
    for (let position = 0; position < this.length; position++) yield this.event(position);
  }
}
