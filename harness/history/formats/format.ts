import type { History } from '../history.js';
import type { Json } from '../operation.js';

/** How `read` and the command line know which bytes to expect. */
export interface FormatOptions {
  /**
   * Whether values are `[key value]` pairs of independent objects (Jepsen's `independent`); `auto` looks at the
   * invocations.
   */
  readonly independent?: 'auto' | 'yes' | 'no';
}

export interface ReadResult {
  readonly history: History;
  /** What was repaired, ignored or is not known, a sentence each: a torn last line, unknown fields, no real-time order. */
  readonly notes: readonly string[];
  /** What the format itself defines of checkers' options: an initial value. */
  readonly defines?: Readonly<Record<string, Json>>;
}

/** Where a history comes from. */
export interface Source {
  /** For messages: the path as given, or `standard input`. */
  readonly name: string;
  /** Path of a regular file; undefined for a stream. */
  readonly path?: string;
  /** The bytes in order, in pieces of any size. Can be read once. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** A way to write down a history. */
export interface HistoryFormat {
  readonly name: string;
  /** One line for `faultline list formats` and messages. */
  readonly summary: string;
  /** Whether its values may be [key value] pairs of independent objects. */
  readonly hasPairs: boolean;
  /** Whether a file that begins with `head` (up to 64 KiB) looks like this. */
  detect(head: string, fileName: string): boolean;
  /** @throws HistoryError with file and line of the first thing wrong. */
  read(source: Source, options: FormatOptions): Promise<ReadResult>;
}

/** The note of formats that tell only each session's own order. */
export const NO_REALTIME =
  'no-realtime: this format tells the order within each session only; real-time order is made up';
