import { deflateRawSync } from 'node:zlib';
import {
  FAIL,
  INVOKE,
  NONE,
  OK,
  VALUE_INT,
  VALUE_NULL,
  VALUE_PAIR,
  VALUE_RAW,
  VALUE_TRANSACTION,
  valueAt,
  type History,
  type HistoryColumns,
} from '../../harness/history/history.js';
import { inline } from '../text.js';
import { VarintWriter } from './varint.js';
import { WIRE_INT, WIRE_NULL, WIRE_OMITTED, WIRE_PAIR, WIRE_SAME, WIRE_TEXT, type OperationsHeader } from './wire.js';

/** Bounds on the text of values inside the page, in bytes of UTF-8 before compression. */
export interface ValueLimits {
  /** Of one value; a longer one is clipped. */
  readonly valueBytes: number;
  /** Of all values; beyond it values are left out. */
  readonly totalBytes: number;
}
export const VALUE_LIMITS: ValueLimits = { valueBytes: 2_000, totalBytes: 24_000_000 };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The selected operations as one compressed block: a JSON header, then column after column of varints (most of them as
 * differences, which is what makes them small), then the text of the values. {@link decodeOperations} reads it.
 */
export function encodeOperations(history: History, positions: Int32Array, limits = VALUE_LIMITS): Buffer {
  const c = history.columns;
  const unitNs = timeUnit(c);
  const writer = new VarintWriter();
  const header = encoder.encode(JSON.stringify(headerOf(c, positions.length, unitNs)));
  writer.writeBytes(new Uint8Array(new Uint32Array([header.length]).buffer));
  writer.writeBytes(header);
  writeColumns(writer, c, positions, unitNs);
  writeValues(writer, c, positions, limits);
  return deflateRawSync(writer.finish(), { level: 6 });
}

/** Nanoseconds matter only in very short histories; microseconds halve the size of the rest. */
function timeUnit({ times, length }: HistoryColumns): number {
  return length > 0 && times[length - 1] > 1e8 ? 1_000 : 1;
}

function headerOf(c: HistoryColumns, count: number, unitNs: number): OperationsHeader {
  const harmless = (names: readonly string[]) => names.map((name) => inline(name));
  return {
    count,
    unitNs,
    functionNames: harmless(c.functionNames),
    keyNames: harmless(c.keyNames),
    nodeNames: harmless(c.nodeNames),
    workloadNames: harmless(c.workloadNames),
    errorTexts: harmless(c.errorTexts),
  };
}

function writeColumns(writer: VarintWriter, c: HistoryColumns, positions: Int32Array, unitNs: number): void {
  const column = (value: (position: number, partner: number) => number) => {
    for (const position of positions) writer.write(value(position, c.pairs[position]));
  };
  const unit = (position: number) => Math.round(c.times[position] / unitNs);
  let lastIndex = 0;
  for (const position of positions) {
    writer.write(c.indices[position] - lastIndex);
    lastIndex = c.indices[position];
  }
  column((position, partner) => (partner === NONE ? 0 : c.indices[partner] - c.indices[position]));
  for (const position of positions) writer.writeSigned(c.processes[position]);
  let lastTime = 0;
  for (const position of positions) {
    writer.write(unit(position) - lastTime);
    lastTime = unit(position);
  }
  column((position, partner) => (partner === NONE ? 0 : unit(partner) - unit(position)));
  column((_, partner) => outcomeOf(c, partner));
  column((position) => c.functions[position]);
  column((position) => c.keys[position] + 1);
  column(
    (position, partner) => (c.nodes[position] === NONE && partner !== NONE ? c.nodes[partner] : c.nodes[position]) + 1,
  );
  column((position) => c.workloads[position] + 1);
  column((_, partner) => (partner === NONE ? 0 : c.errors[partner] + 1));
}

/** As in OUTCOMES. */
function outcomeOf({ types }: HistoryColumns, partner: number): number {
  if (partner === NONE || types[partner] === INVOKE) return 3;
  return types[partner] === OK ? 0 : types[partner] === FAIL ? 1 : 2;
}

function writeValues(writer: VarintWriter, c: HistoryColumns, positions: Int32Array, limits: ValueLimits): void {
  const kinds: number[] = [];
  const numbers = new VarintWriter();
  const texts: Uint8Array[] = [];
  let textBytes = 0;
  const add = (position: number, twin: number) => {
    const kind = c.valueKinds[position];
    if (twin !== NONE && sameValue(c, position, twin)) return kinds.push(WIRE_SAME);
    if (kind === VALUE_NULL) return kinds.push(WIRE_NULL);
    if (kind === VALUE_INT || kind === VALUE_PAIR) {
      numbers.writeSigned(c.valuesA[position]);
      if (kind === VALUE_PAIR) numbers.writeSigned(c.valuesB[position]);
      return kinds.push(kind === VALUE_INT ? WIRE_INT : WIRE_PAIR);
    }
    const text = boundedText(c, position, limits.valueBytes);
    if (textBytes + text.length > limits.totalBytes) return kinds.push(WIRE_OMITTED);
    textBytes += text.length;
    numbers.write(text.length);
    texts.push(text);
    return kinds.push(WIRE_TEXT);
  };
  for (const position of positions) {
    add(position, NONE);
    if (c.pairs[position] !== NONE) add(c.pairs[position], position);
  }
  writer.writeBytes(Uint8Array.from(kinds));
  writer.writeBytes(numbers.finish());
  for (const text of texts) writer.writeBytes(text);
}

function sameValue(c: HistoryColumns, a: number, b: number): boolean {
  if (c.valueKinds[a] !== c.valueKinds[b]) return false;
  if (c.valueKinds[a] === VALUE_NULL) return true;
  if (c.valueKinds[a] === VALUE_INT) return c.valuesA[a] === c.valuesA[b];
  if (c.valuesB[a] !== c.valuesB[b]) return false;
  if (c.valueKinds[a] === VALUE_PAIR) return c.valuesA[a] === c.valuesA[b];
  if (c.valueKinds[a] === VALUE_TRANSACTION) return JSON.stringify(valueAt(c, a)) === JSON.stringify(valueAt(c, b));
  for (let offset = 0; offset < c.valuesB[a]; offset++) {
    if (c.slab[c.valuesA[a] + offset] !== c.slab[c.valuesA[b] + offset]) return false;
  }
  return true;
}

function boundedText(c: HistoryColumns, position: number, maxBytes: number): Uint8Array {
  const bytes =
    c.valueKinds[position] === VALUE_RAW
      ? c.slab.subarray(c.valuesA[position], c.valuesA[position] + c.valuesB[position])
      : encoder.encode(JSON.stringify(valueAt(c, position)));
  if (bytes.length <= maxBytes) return bytes;
  const start = decoder.decode(bytes.subarray(0, maxBytes));
  return encoder.encode(`${start}… (${bytes.length} bytes; whole value in the history)`);
}
