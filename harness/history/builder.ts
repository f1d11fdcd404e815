import { reuseNote } from './client-sessions.js';
import { ColumnStore } from './columns.js';
import { ABSENT, type EventInput, type EventNames, newEventNames, writeEvent } from './event-writer.js';
import { HistoryError } from './history-error.js';
import { History, NONE, type HistoryColumns } from './history.js';
import { pairEvents } from './pairing.js';

export type { EventInput } from './event-writer.js';

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
  /** See `HistoryColumns`. */
  readonly nilReads?: 'unset';
}

/** Gathers events, then makes a {@link History} of them that is proven well-formed. */
export class HistoryBuilder {
  /** What was repaired or ignored, a sentence each. */
  readonly notes: string[] = [];
  private readonly source: string;
  private readonly nilReads: 'unset' | undefined;
  private readonly origin: 'journal' | 'imported';
  private readonly lines = new LineMap();
  private withProcess = 0;
  private withoutProcess = 0;

  /** Readers that fill columns themselves bring their own `store` and `names`. */
  constructor(
    options: BuilderOptions = {},
    readonly store = new ColumnStore(),
    readonly names: EventNames = newEventNames(),
  ) {
    this.source = options.source ?? 'history';
    this.origin = options.origin ?? 'imported';
    this.nilReads = options.nilReads;
  }

  /** @param line where it stands in the file, from 1; by default one line an event. */
  append(event: EventInput, line = this.store.length + 1): void {
    this.noteLine(this.store.length, line);
    if (event.process === undefined) this.withoutProcess++;
    else if (event.process !== 'nemesis') this.withProcess++;
    writeEvent(this.store, this.names, event, (problem) => this.reject(line, problem));
  }

  /** Tells on which line an event stands; for readers that write into `store` themselves. */
  noteLine(position: number, line: number): void {
    this.lines.note(position, line);
  }

  /** @throws HistoryError naming the first line that contradicts another one. */
  build(): History {
    const { store, names } = this;
    if (this.withProcess > 0 && this.withoutProcess > 0) {
      throw new HistoryError('some events have no process; give one to all or to none', this.source);
    }
    checkOrder(store, this.origin, this.notes, (position, problem) =>
      this.reject(this.lines.lineOf(position), problem),
    );
    const pairs = pairEvents(store, {
      functions: names.functions.names,
      keys: names.keys.names,
      reject: (position, problem) => {
        const lineOf = (at: number) => this.lines.lineOf(at);
        return this.reject(lineOf(position), problem(lineOf));
      },
    });
    const history = new History({
      length: store.length,
      types: store.types.subarray(0, store.length),
      processes: store.processes.subarray(0, store.length),
      times: store.times.subarray(0, store.length),
      indices: store.indices.subarray(0, store.length),
      functions: store.functions.subarray(0, store.length),
      ...nameColumns(store),
      valueKinds: store.valueKinds.subarray(0, store.length),
      valuesA: store.valuesA.subarray(0, store.length),
      valuesB: store.valuesB.subarray(0, store.length),
      pairs,
      slab: store.slab.subarray(0, store.slabLength),
      ...(store.microOperations.length > 0 && { microOperations: store.microOperations }),
      ...(this.nilReads && { nilReads: this.nilReads }),
      functionNames: names.functions.names,
      keyNames: names.keys.names,
      nodeNames: names.nodes.names,
      workloadNames: names.workloads.names,
      errorTexts: names.errors.names,
    });
    const reused = reuseNote(history, (position) => this.lines.lineOf(position));
    if (reused !== undefined) this.notes.push(reused);
    return history;
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

/**
 * The columns of names. Those in which nothing is named share one array, as most histories leave two or three of them
 * empty: NONE is the same bytes in either width.
 */
function nameColumns(store: ColumnStore): Pick<HistoryColumns, 'keys' | 'nodes' | 'workloads' | 'errors'> {
  const { length } = store;
  let none: Int32Array | undefined;
  const empty = () => (none ??= new Int32Array(length).fill(NONE));
  const wide = (column: Int32Array) => (isEmpty(column, length) ? empty() : column.subarray(0, length));
  const narrow = (column: Int16Array) =>
    isEmpty(column, length) ? new Int16Array(empty().buffer, 0, length) : column.subarray(0, length);
  return {
    keys: wide(store.keys),
    nodes: narrow(store.nodes),
    workloads: narrow(store.workloads),
    errors: wide(store.errors),
  };
}

function isEmpty(column: Int32Array | Int16Array, length: number): boolean {
  for (let position = 0; position < length; position++) if (column[position] !== NONE) return false;
  return true;
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
