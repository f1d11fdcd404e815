import { arrange } from './arrange.js';
import { reuseNote } from './client-sessions.js';
import { ColumnStore } from './columns.js';
import { isCompletionsOnly, withInvocations } from './completions-only.js';
import {
  type EventInput,
  type EventNames,
  MAX_PROCESS,
  NAMED_PROCESS,
  newEventNames,
  writeEvent,
} from './event-writer.js';
import { NO_REALTIME } from './formats/format.js';
import { HistoryError } from './history-error.js';
import { History, NEMESIS, NONE, type HistoryColumns } from './history.js';
import { answersArePairs, type Independent, lookOf, splitKeys } from './independent.js';
import { settledKeyNames } from './key-names.js';
import { LineMap } from './line-map.js';
import { Origin } from './origin.js';
import { pairEvents } from './pairing.js';

export type { EventInput } from './event-writer.js';

export interface BuilderOptions {
  /** File name for messages. */
  readonly source?: string;
  /** Whether values are `[key value]` pairs of independent objects; by default they are what they are. */
  readonly independent?: Independent;
  /** Values may be of types that JSON does not have. */
  readonly notation?: 'edn';
  /** See `HistoryColumns`. */
  readonly nilReads?: 'unset';
}

/** Gathers events, then makes a {@link History} of them that is proven well-formed. */
export class HistoryBuilder {
  /** What was repaired or ignored, a sentence each. */
  readonly notes: string[] = [];
  private readonly source: string;
  private readonly nilReads: 'unset' | undefined;
  private readonly lines = new LineMap();
  private independent: Independent;
  private readonly fromFile: boolean;
  private readonly notation: 'edn' | undefined;
  private withProcess = 0;
  private withoutProcess = 0;

  /** Readers that fill columns themselves bring their own `store` and `names`. */
  constructor(
    options: BuilderOptions = {},
    public store = new ColumnStore(),
    readonly names: EventNames = newEventNames(),
  ) {
    this.source = options.source ?? 'history';
    this.independent = options.independent ?? 'no';
    this.nilReads = options.nilReads;
    this.fromFile = options.source !== undefined;
    this.notation = options.notation;
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

  /** The file tags values as keys with their values: so they are split unless that was not wanted. */
  tagged(): void {
    if (this.independent === 'auto') this.independent = 'tagged';
  }

  /** @throws HistoryError naming the first line that contradicts another one. */
  build(): History {
    const { names } = this;
    if (this.withProcess > 0 && this.withoutProcess > 0) {
      throw new HistoryError('some events have no process; give one to all or to none', this.source);
    }
    const rejectAt = (position: number, problem: string) => this.reject(this.lines.lineOf(position), problem);
    arrange({ store: this.store, lines: this.lines, notes: this.notes, reject: rejectAt });
    const processNames = this.numberProcesses();
    if (isCompletionsOnly(this.store)) this.makeUpInvocations();
    const { store } = this;
    this.split();
    const keyNames = settledKeyNames(names.keys.names);
    const pairs = pairEvents(store, {
      functions: names.functions.names,
      keys: keyNames,
      process: (process) => processNames?.get(process) ?? String(process),
      reject: (position, problem) =>
        rejectAt(
          position,
          problem((at) => this.lines.lineOf(at)),
        ),
    });
    const indices = store.indices.subarray(0, store.length);
    const history = new History(
      {
        length: store.length,
        types: store.types.subarray(0, store.length),
        processes: store.processes.subarray(0, store.length),
        times: store.times.subarray(0, store.length),
        indices,
        functions: store.functions.subarray(0, store.length),
        ...nameColumns(store),
        valueKinds: store.valueKinds.subarray(0, store.length),
        valuesA: store.valuesA.subarray(0, store.length),
        valuesB: store.valuesB.subarray(0, store.length),
        pairs,
        slab: store.slab.subarray(0, store.slabLength),
        ...(store.microOperations.length > 0 && { microOperations: store.microOperations }),
        functionNames: names.functions.names,
        keyNames,
        nodeNames: names.nodes.names,
        workloadNames: names.workloads.names,
        errorTexts: names.errors.names,
        ...(processNames && { processNames }),
        ...(this.nilReads && { nilReads: this.nilReads }),
        ...(this.notation && { notation: this.notation }),
      },
      this.fromFile ? new Origin(this.source, indices, this.lines) : undefined,
    );
    const reused = reuseNote(history, (position) => this.lines.lineOf(position));
    if (reused !== undefined) this.notes.push(reused);
    return history;
  }

  /** Clients that have names are numbered after all others, by first appearance. */
  private numberProcesses(): ReadonlyMap<number, string> | undefined {
    const { names } = this.names.processes;
    if (names.length === 0) return undefined;
    const { processes, length } = this.store;
    let largest = -1;
    for (let position = 0; position < length; position++) {
      if (processes[position] <= MAX_PROCESS && processes[position] > largest) largest = processes[position];
    }
    for (let position = 0; position < length; position++) {
      if (processes[position] > MAX_PROCESS) processes[position] += largest + 1 - NAMED_PROCESS;
    }
    const numbered = new Map(names.map((name, at) => [largest + 1 + at, name]));
    const listed = [...numbered].slice(0, 8).map(([process, name]) => `${process} is ${JSON.stringify(name)}`);
    this.notes.push(`processes have names: ${listed.join(', ')}${names.length > 8 ? ' …' : ''}`);
    return numbered;
  }

  private makeUpInvocations(): void {
    // Without processes, nothing tells that one operation came after another.
    if (this.withoutProcess > 0) {
      const { processes, length } = this.store;
      for (let position = 0; position < length; position++)
        if (processes[position] !== NEMESIS) processes[position] = position;
    }
    this.store = withInvocations(this.store, this.lines);
    this.notes.unshift(NO_REALTIME);
    this.notes.push('there are completions only: their invocations are made up, and real time is not judged');
  }

  private split(): void {
    const { store, names, independent } = this;
    const look = independent === 'auto' ? lookOf(store, names.functions.names) : 'other';
    if (independent === 'yes' || independent === 'tagged' || look === 'pairs') {
      if (names.keys.size > 0) {
        throw new HistoryError('its events have keys of their own: leave out --independent yes', this.source);
      }
      splitKeys(store, names, (position) =>
        this.reject(
          this.lines.lineOf(position),
          'an invocation whose value is no [key value] pair, in a history of independent objects; say --independent no',
        ),
      );
      this.notes.push('values are [key value] pairs of independent objects');
    } else if (look === 'perhaps' && answersArePairs(store)) {
      this.notes.push(
        'values look like [key value] pairs and were taken as they are: say --independent yes to judge every key by itself',
      );
    }
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
