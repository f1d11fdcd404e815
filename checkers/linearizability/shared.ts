import { VALUE_RAW, type History, type HistoryColumns } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { KeyedPositions } from './keys.js';
import type { Partition } from './partition.js';
import type { Order, RegisterKind } from './register-objects.js';

/** The objects of a history as another thread gets them: the columns that judging needs in shared memory, plain data else. */
export type SharedObjects =
  | {
      readonly what: 'registers';
      readonly history: HistoryColumns;
      readonly kind: RegisterKind;
      readonly keys: readonly KeyedPositions[];
      readonly order: Order;
    }
  | {
      readonly what: 'parts';
      readonly history: HistoryColumns;
      readonly model: string;
      readonly options: Readonly<Record<string, Json>>;
      readonly parts: readonly Partition[];
      readonly order: Order;
    };

/** What judging looks at of a history, in shared memory: as it is where a reader put it there, else copied. */
export function shareHistory({ columns }: History): HistoryColumns {
  const none = new Int32Array(0);
  return {
    ...columns,
    types: inSharedMemory(columns.types),
    processes: inSharedMemory(columns.processes),
    indices: none,
    times: new Float64Array(0),
    functions: inSharedMemory(columns.functions),
    keys: none,
    nodes: new Int16Array(0),
    workloads: new Int16Array(0),
    errors: none,
    valueKinds: inSharedMemory(columns.valueKinds),
    valuesA: inSharedMemory(columns.valuesA),
    valuesB: inSharedMemory(columns.valuesB),
    pairs: inSharedMemory(columns.pairs),
    slab: columns.valueKinds.includes(VALUE_RAW) ? inSharedMemory(columns.slab) : new Uint8Array(0),
  };
}

type Column = Uint8Array | Uint16Array | Int32Array;

function inSharedMemory<T extends Column>(column: T): T {
  if (column.buffer instanceof SharedArrayBuffer) return column;
  const make = column.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new make(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}
