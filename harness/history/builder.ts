import { ColumnStore, NameTable } from './columns.js';
import { HistoryError } from './history-error.js';
import {
  FAIL,
  History,
  INFO,
  INVOKE,
  NEMESIS,
  NONE,
  OK,
  VALUE_INT,
  VALUE_NULL,
  VALUE_PAIR,
  VALUE_RAW,
} from './history.js';
import type { EventType, Json, Process } from './operation.js';
import { pairEvents } from './pairing.js';

/** An event as tests and formats give it; what is absent is filled in. */
export interface EventInput {
  /** By default the position. */
  readonly index?: number;
  /** By default the position. */
  readonly time?: number;
  /** May be absent in all events of an imported history: then each completion follows its invocation directly. */
  readonly process?: Process;
  readonly type: EventType;
  readonly f: string;
  /** By default null. */
  readonly value?: Json;
  readonly key?: string;
  readonly node?: string;
  readonly workload?: string;
  readonly error?: string;
}

export interface BuilderOptions {
  /** File name for messages. */
  readonly source?: string;
  /**
   * `journal`: index and time are ours; an index that does not grow or a time that goes back means damage, an error.
   * `imported` (default): the order of lines is the real-time order, whatever the times say. Clocks of other tools go
   * back by microseconds between threads (the event was stamped before it was written), and their logs were judged by
   * line order; such times are raised to the latest so far, so that `times` never goes back for those who draw it.
   */
  readonly origin?: 'journal' | 'imported';
}

/** Position or time that an event did not have. */
export const ABSENT = -1;
const TYPES: Readonly<Record<EventType, number>> = { invoke: INVOKE, ok: OK, fail: FAIL, info: INFO };
export const MAX_INT32 = 2_147_483_647;
const encoder = new TextEncoder();

/** Gathers events, then makes a {@link History} of them that is proven well-formed. */
export class HistoryBuilder {
  /** What was repaired or ignored, a sentence each. */
  readonly notes: string[] = [];
  readonly store: ColumnStore;
  readonly functions = new NameTable();
  readonly keys = new NameTable();
  readonly nodes = new NameTable();
  readonly workloads = new NameTable();
  readonly errors = new NameTable();
  private readonly source: string;
  private readonly origin: 'journal' | 'imported';
  private readonly lines = new LineMap();
  private withProcess = 0;
  private withoutProcess = 0;

  constructor(options: BuilderOptions = {}, store = new ColumnStore()) {
    this.source = options.source ?? 'history';
    this.origin = options.origin ?? 'imported';
    this.store = store;
  }

  /** @param line where it stands in the file, from 1; by default one line an event. */
  append(event: EventInput, line = this.store.length + 1): void {
    this.lines.note(this.store.length, line);
    const reject = (problem: string) => this.reject(line, problem);
    const { store } = this;
    store.reserve(1);
    store.put({
      type: TYPES[event.type] ?? reject(`unknown type ${JSON.stringify(event.type)}; invoke, ok, fail or info`),
      process: this.processOf(event.process, reject),
      time: event.time ?? ABSENT,
      index: event.index ?? ABSENT,
      function: idWithin(this.functions.intern(event.f), 0xffff, 'operation names', reject),
      key: event.key === undefined ? NONE : this.keys.intern(event.key),
      node: event.node === undefined ? NONE : idWithin(this.nodes.intern(event.node), 0x7fff, 'nodes', reject),
      workload:
        event.workload === undefined
          ? NONE
          : idWithin(this.workloads.intern(event.workload), 0x7fff, 'workloads', reject),
      error: event.error === undefined ? NONE : this.errors.intern(event.error),
    });
    putValue(store, event.value ?? null, reject);
    store.length++;
  }

  /** Tells on which line an event stands that a reader puts into `store` itself. */
  noteLine(position: number, line: number): void {
    this.lines.note(position, line);
  }

  /** @throws HistoryError naming the first line that contradicts another one. */
  build(): History {
    const { store } = this;
    if (this.withProcess > 0 && this.withoutProcess > 0) {
      throw new HistoryError('some events have no process; give one to all or to none', this.source);
    }
    checkOrder(store, this.origin, this.notes, (position, problem) =>
      this.reject(this.lines.lineOf(position), problem),
    );
    const pairs = pairEvents(store, {
      functions: this.functions.names,
      keys: this.keys.names,
      reject: (position, problem) => {
        const lineOf = (at: number) => this.lines.lineOf(at);
        return this.reject(lineOf(position), problem(lineOf));
      },
    });
    return new History({
      length: store.length,
      types: store.types.subarray(0, store.length),
      processes: store.processes.subarray(0, store.length),
      times: store.times.subarray(0, store.length),
      indices: store.indices.subarray(0, store.length),
      functions: store.functions.subarray(0, store.length),
      keys: store.keys.subarray(0, store.length),
      nodes: store.nodes.subarray(0, store.length),
      workloads: store.workloads.subarray(0, store.length),
      errors: store.errors.subarray(0, store.length),
      valueKinds: store.valueKinds.subarray(0, store.length),
      valuesA: store.valuesA.subarray(0, store.length),
      valuesB: store.valuesB.subarray(0, store.length),
      pairs,
      slab: store.slab.subarray(0, store.slabLength),
      functionNames: this.functions.names,
      keyNames: this.keys.names,
      nodeNames: this.nodes.names,
      workloadNames: this.workloads.names,
      errorTexts: this.errors.names,
    });
  }

  private processOf(process: Process | undefined, reject: (problem: string) => never): number {
    if (process === 'nemesis') return NEMESIS;
    if (process === undefined) {
      this.withoutProcess++;
      return 0;
    }
    this.withProcess++;
    if (Number.isInteger(process) && process >= 0 && process <= MAX_INT32) return process;
    return reject(`process must be "nemesis" or an integer from 0 to ${MAX_INT32}, not ${JSON.stringify(process)}`);
  }

  private reject(line: number, problem: string): never {
    throw new HistoryError(problem, this.source, line);
  }
}

/** A history made in place: `historyOf([{ process: 0, type: 'invoke', f: 'read' }, …])`. Checked like any other. */
export function historyOf(events: readonly EventInput[], options: BuilderOptions = {}): History {
  const builder = new HistoryBuilder(options);
  for (const event of events) builder.append(event);
  return builder.build();
}

/** Writes the value of the event at `store.length`. */
function putValue(store: ColumnStore, value: Json, reject: (problem: string) => never): void {
  const put = (kind: number, a: number, b: number) => {
    store.valueKinds[store.length] = kind;
    store.valuesA[store.length] = a;
    store.valuesB[store.length] = b;
  };
  if (value === null) return put(VALUE_NULL, 0, 0);
  if (isInt32(value)) return put(VALUE_INT, value, 0);
  if (Array.isArray(value) && value.length === 2 && isInt32(value[0]) && isInt32(value[1])) {
    return put(VALUE_PAIR, value[0], value[1]);
  }
  const text = encoder.encode(JSON.stringify(value));
  if (store.slabLength + text.length > MAX_INT32) reject('the values of this history take more than 2 GiB');
  store.reserveSlab(text.length);
  store.slab.set(text, store.slabLength);
  put(VALUE_RAW, store.slabLength, text.length);
  store.slabLength += text.length;
}

function isInt32(value: Json): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

function idWithin(id: number, largest: number, what: string, reject: (problem: string) => never): number {
  return id <= largest ? id : reject(`more than ${largest + 1} different ${what}`);
}

/** Fills absent indices and times with positions, and proves (or, for imported histories, makes) both ascending. */
function checkOrder(
  store: ColumnStore,
  origin: 'journal' | 'imported',
  notes: string[],
  reject: (position: number, problem: string) => never,
): void {
  const { length, indices, times } = store;
  const indexed = checkIndices(store, origin, notes, reject);
  if (!indexed) for (let position = 0; position < length; position++) indices[position] = position;
  const timed = length > 0 && times[0] !== ABSENT;
  let latest = 0;
  let raised = 0;
  for (let position = 0; position < length; position++) {
    const time = times[position];
    if (!timed) {
      if (time !== ABSENT && origin === 'journal') reject(position, 'a time here and none on the first line');
      latest = position;
    } else if (time >= latest) {
      latest = time;
    } else if (origin === 'journal') {
      const problem = time === ABSENT ? 'time missing' : `time goes back from ${latest} to ${time}`;
      reject(position, `${problem}; where times mean nothing leave them out of every line`);
    } else if (time !== ABSENT) {
      raised++;
    }
    times[position] = latest;
  }
  if (raised > 0) notes.push(`${raised} times went back; the order of lines was taken as the real-time order`);
}

/** Whether every event has an index and they grow. */
function checkIndices(
  store: ColumnStore,
  origin: 'journal' | 'imported',
  notes: string[],
  reject: (position: number, problem: string) => never,
): boolean {
  const { length, indices } = store;
  let gaps = 0;
  for (let position = 0; position < length; position++) {
    const index = indices[position];
    const before = position === 0 ? ABSENT : indices[position - 1];
    if (index > before) {
      if (position > 0 && index !== before + 1) gaps++;
      continue;
    }
    if (origin === 'imported') return false;
    reject(position, index === ABSENT ? 'index missing' : `index ${index} after ${before}: doubled or out of order`);
  }
  if (gaps > 0) notes.push(`indices jump ${gaps} times: this is a part of a history, or lines are missing`);
  return true;
}

/** Which line an event stands on: only the places where "one line an event" shifts are kept. */
class LineMap {
  private readonly positions: number[] = [];
  private readonly shifts: number[] = [];

  note(position: number, line: number): void {
    const shift = line - position;
    if (shift === (this.shifts.at(-1) ?? 1)) return;
    this.positions.push(position);
    this.shifts.push(shift);
  }

  lineOf(position: number): number {
    let entry = this.positions.length - 1;
    while (entry >= 0 && this.positions[entry] > position) entry--;
    return position + (entry < 0 ? 1 : this.shifts[entry]);
  }
}
