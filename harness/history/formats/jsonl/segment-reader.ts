import { isUtf8 } from 'node:buffer';
import type { ColumnStore } from '../../columns.js';
import { type EventNames, MAX_INT32, overfullTable, writeEvent } from '../../event-writer.js';
import type { MicroOperations } from '../../micro-operations/micro-operations.js';
import { EventProblem, parseEvent } from './event-fields.js';
import { LineScanner } from './line-scanner.js';
import type { ScannedNames } from './scanned-names.js';

const LINE_FEED = 0x0a;
/** Bytes that a buffer must have beyond the segment, so that no look-ahead needs a bound. */
export const PADDING_BYTES = 16;
const strictDecoder = new TextDecoder('utf-8', { fatal: true });

/** What a segment turned out to hold. */
export interface SegmentResult {
  readonly events: number;
  readonly lines: number;
  /** Where "one event a line" shifts: event and line, both within the segment, from 0. */
  readonly shifts: readonly (readonly [position: number, line: number])[];
  /** The first line that is no event, from 0; nothing after it was read. */
  readonly problem?: { readonly line: number; readonly kind: 'syntax' | 'meaning'; readonly text: string };
}

/** Reads whole lines of JSON events from bytes into columns: the fast scanner first, the careful parser for the rest. */
export class SegmentReader {
  /** Fields that meant nothing. */
  readonly ignored = new Set<string>();
  private readonly scanner: LineScanner;

  /** @param operations where transactions go; without it they stay text. */
  constructor(
    private readonly names: ScannedNames & EventNames,
    operations?: MicroOperations,
  ) {
    this.scanner = new LineScanner(names, operations);
  }

  /**
   * Appends the events of `bytes[start..end)`, which begins a line and ends with a line feed; PADDING_BYTES follow it.
   */
  read(bytes: Uint8Array, start: number, end: number, store: ColumnStore): SegmentResult {
    // Checking the encoding of all at once is far cheaper than noticing it byte by byte, and it is nearly always right.
    const encoded = isUtf8(bytes.subarray(start, end));
    const first = store.length;
    const shifts: [number, number][] = [];
    this.scanner.use(bytes);
    if (store.epoch !== undefined) this.scanner.useEpoch(store.epoch);
    let line = 0;
    let shift = 0;
    for (let at = start; at < end; line++) {
      if (line - (store.length - first) !== shift) {
        shift = line - (store.length - first);
        shifts.push([store.length - first, line]);
      }
      store.reserve(1);
      const next = encoded ? this.scanner.scanLine(at, store) : -1;
      if (next !== -1) {
        at = next;
        continue;
      }
      const lineEnd = bytes.indexOf(LINE_FEED, at);
      const problem = this.readCarefully(bytes, at, lineEnd, store);
      this.scanner.missed();
      if (store.epoch !== undefined) this.scanner.useEpoch(store.epoch);
      if (problem !== undefined) {
        return { events: store.length - first, lines: line, shifts, problem: { line, ...problem } };
      }
      at = lineEnd + 1;
    }
    const text =
      store.slabLength > MAX_INT32 ? 'the values of this history take more than 2 GiB' : overfullTable(this.names);
    const problem = text === undefined ? undefined : { line: Math.max(0, line - 1), kind: 'meaning' as const, text };
    return { events: store.length - first, lines: line, shifts, ...(problem && { problem }) };
  }

  private readCarefully(
    bytes: Uint8Array,
    start: number,
    end: number,
    store: ColumnStore,
  ): { kind: 'syntax' | 'meaning'; text: string } | undefined {
    try {
      const text = decode(bytes.subarray(start, end));
      if (text.trim() === '') return undefined;
      const { event, ignored } = parseEvent(text);
      for (const field of ignored) this.ignored.add(field);
      writeEvent(store, this.names, event, (problem) => {
        throw new EventProblem(problem);
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof EventProblem)) throw error;
      return { kind: error.kind, text: error.message };
    }
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new EventProblem('not UTF-8', 'syntax');
  }
}
