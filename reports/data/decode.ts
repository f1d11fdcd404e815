import { VarintReader } from './varint.js';
import { WIRE_INT, WIRE_NULL, WIRE_OMITTED, WIRE_PAIR, WIRE_SAME, WIRE_TEXT, type OperationsHeader } from './wire.js';

/** The operations inside a page, by columns, ordered by invocation. Times in ns. Runs in the browser. */
export interface Operations extends OperationsHeader {
  /** Journal indices of the invocations: the operations' ids. */
  readonly indices: Float64Array;
  /** Journal indices of the completions; equal to `indices` where there is none. */
  readonly completions: Float64Array;
  readonly processes: Int32Array;
  readonly starts: Float64Array;
  /** Zero where there is no completion. */
  readonly durations: Float64Array;
  /** Into OUTCOMES. */
  readonly outcomes: Uint8Array;
  readonly functions: Uint16Array;
  /** Into the names of the header, -1 where absent. */
  readonly keys: Int32Array;
  readonly nodes: Int32Array;
  readonly workloads: Int32Array;
  readonly errors: Int32Array;
  readonly values: Values;
}

/** JSON text of the value of an operation's invocation and completion. */
export interface Values {
  input(operation: number): string;
  /** Undefined where there is no completion. */
  output(operation: number): string | undefined;
}

export const OMITTED_VALUE = '… (left out of this page; the history has it)';

/** Reads what {@link encodeOperations} wrote, decompressed. */
export function decodeOperations(bytes: Uint8Array): Operations {
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength))) as OperationsHeader;
  const { count, unitNs } = header;
  const reader = new VarintReader(bytes, 4 + headerLength);
  const fill = <T extends Float64Array | Int32Array | Uint16Array | Uint8Array>(
    column: T,
    next: (i: number) => number,
  ) => {
    for (let i = 0; i < count; i++) column[i] = next(i);
    return column;
  };
  let index = 0;
  const indices = fill(new Float64Array(count), () => (index += reader.read()));
  const completions = fill(new Float64Array(count), (i) => indices[i] + reader.read());
  const processes = fill(new Int32Array(count), () => reader.readSigned());
  let time = 0;
  const starts = fill(new Float64Array(count), () => (time += reader.read()) * unitNs);
  const durations = fill(new Float64Array(count), () => reader.read() * unitNs);
  const outcomes = fill(new Uint8Array(count), () => reader.read());
  const functions = fill(new Uint16Array(count), () => reader.read());
  const absentAsMinusOne = () => fill(new Int32Array(count), () => reader.read() - 1);
  const keys = absentAsMinusOne();
  const nodes = absentAsMinusOne();
  const workloads = absentAsMinusOne();
  const errors = absentAsMinusOne();
  const values = decodeValues(bytes, reader.position, completions, indices);
  return {
    ...header,
    indices,
    completions,
    processes,
    starts,
    durations,
    outcomes,
    functions,
    keys,
    nodes,
    workloads,
    errors,
    values,
  };
}

function decodeValues(
  bytes: Uint8Array,
  kindsOffset: number,
  completions: Float64Array,
  indices: Float64Array,
): Values {
  const count = indices.length;
  const firstSlot = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) firstSlot[i + 1] = firstSlot[i] + (completions[i] === indices[i] ? 1 : 2);
  const slots = firstSlot[count];
  const kinds = bytes.subarray(kindsOffset, kindsOffset + slots);
  const a = new Float64Array(slots);
  const b = new Float64Array(slots);
  const reader = new VarintReader(bytes, kindsOffset + slots);
  for (let slot = 0; slot < slots; slot++) {
    if (kinds[slot] === WIRE_INT || kinds[slot] === WIRE_PAIR) a[slot] = reader.readSigned();
    if (kinds[slot] === WIRE_PAIR) b[slot] = reader.readSigned();
    if (kinds[slot] === WIRE_TEXT) b[slot] = reader.read();
  }
  let textOffset = reader.position;
  for (let slot = 0; slot < slots; slot++) {
    if (kinds[slot] !== WIRE_TEXT) continue;
    a[slot] = textOffset;
    textOffset += b[slot];
  }
  const decoder = new TextDecoder();
  const text = (slot: number): string => {
    switch (kinds[slot]) {
      case WIRE_NULL:
        return 'null';
      case WIRE_INT:
        return String(a[slot]);
      case WIRE_PAIR:
        return `[${a[slot]},${b[slot]}]`;
      case WIRE_TEXT:
        return decoder.decode(bytes.subarray(a[slot], a[slot] + b[slot]));
      case WIRE_SAME:
        return text(slot - 1);
      case WIRE_OMITTED:
        return OMITTED_VALUE;
      default:
        throw new RangeError('The data embedded in this report are of an unknown kind.');
    }
  };
  return {
    input: (operation) => text(firstSlot[operation]),
    output: (operation) =>
      firstSlot[operation + 1] - firstSlot[operation] === 1 ? undefined : text(firstSlot[operation] + 1),
  };
}
