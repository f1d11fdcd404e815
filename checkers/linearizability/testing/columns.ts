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
} from '../../../harness/history/history.js';
import type { EventType, Json, Process } from '../../../harness/history/operation.js';

export interface TestEvent {
  readonly process: Process;
  readonly type: EventType;
  readonly f: string;
  readonly value: Json;
  readonly key?: string;
  readonly node?: string;
  readonly time?: number;
}

const TYPES = { invoke: INVOKE, ok: OK, fail: FAIL, info: INFO } as const;

/** A history of hand-made events, without the reader's validation. */
export function historyOf(events: readonly TestEvent[]): History {
  const length = events.length;
  const text: number[] = [];
  const encoder = new TextEncoder();
  const names = () => {
    const list: string[] = [];
    const ids = new Map<string, number>();
    return {
      list,
      id: (name: string | undefined) => {
        if (name === undefined) return NONE;
        let id = ids.get(name);
        if (id === undefined) ids.set(name, (id = list.push(name) - 1));
        return id;
      },
    };
  };
  const functions = names();
  const keys = names();
  const nodes = names();
  const columns = {
    length,
    types: new Uint8Array(length),
    processes: new Int32Array(length),
    times: new Float64Array(length),
    indices: new Int32Array(length),
    functions: new Uint16Array(length),
    keys: new Int32Array(length),
    nodes: new Int16Array(length),
    workloads: new Int16Array(length).fill(NONE),
    errors: new Int32Array(length).fill(NONE),
    valueKinds: new Uint8Array(length),
    valuesA: new Int32Array(length),
    valuesB: new Int32Array(length),
    pairs: new Int32Array(length).fill(NONE),
  };
  const openBy = new Map<Process, number>();
  events.forEach((event, position) => {
    columns.types[position] = TYPES[event.type];
    columns.processes[position] = event.process === 'nemesis' ? NEMESIS : event.process;
    columns.times[position] = event.time ?? position * 1e6;
    columns.indices[position] = position;
    columns.functions[position] = functions.id(event.f);
    columns.keys[position] = keys.id(event.key);
    columns.nodes[position] = nodes.id(event.node);
    const value = event.value;
    const isInt = (item: Json) => typeof item === 'number' && Number.isInteger(item) && (item | 0) === item;
    if (value === null) columns.valueKinds[position] = VALUE_NULL;
    else if (isInt(value)) {
      columns.valueKinds[position] = VALUE_INT;
      columns.valuesA[position] = value as number;
    } else if (Array.isArray(value) && value.length === 2 && value.every((item) => isInt(item as Json))) {
      columns.valueKinds[position] = VALUE_PAIR;
      columns.valuesA[position] = value[0] as number;
      columns.valuesB[position] = value[1] as number;
    } else {
      const bytes = encoder.encode(JSON.stringify(value));
      columns.valueKinds[position] = VALUE_RAW;
      columns.valuesA[position] = text.length;
      columns.valuesB[position] = bytes.length;
      for (const byte of bytes) text.push(byte);
    }
    if (event.type === 'invoke') openBy.set(event.process, position);
    else {
      const invocation = openBy.get(event.process);
      if (invocation === undefined) return;
      openBy.delete(event.process);
      columns.pairs[position] = invocation;
      columns.pairs[invocation] = position;
    }
  });
  return new History({
    ...columns,
    slab: Uint8Array.from(text),
    functionNames: functions.list,
    keyNames: keys.list,
    nodeNames: nodes.list,
    workloadNames: [],
    errorTexts: [],
  });
}
