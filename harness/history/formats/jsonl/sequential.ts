import { ColumnStore } from '../../columns.js';
import type { FormatOptions, ReadResult } from '../format.js';
import { Assembly, readSegment } from './assembly.js';
import { SHORTEST_EVENT_BYTES } from './crew.js';
import { FileSegments, type Segment } from './file-segments.js';
import { ScannedNames } from './scanned-names.js';
import { SegmentReader } from './segment-reader.js';
import { streamSegments } from './stream-segments.js';

const CHUNK_BYTES = 4 * 1024 * 1024;
/** `["r",1,2],`: a micro-operation takes no less. */
const SHORTEST_MICRO_OPERATION_BYTES = 10;

/** Reads an open file of JSON lines on this thread. */
export function readFileSequentially(
  source: string,
  descriptor: number,
  fileBytes: number,
  options?: FormatOptions,
): Promise<ReadResult> {
  return readSegments(source, fileSegments(descriptor, fileBytes), roomFor(fileBytes), options);
}

/** Reads JSON lines from a stream, in memory that grows with the history and not with the text. */
export function readStream(
  source: string,
  pieces: AsyncIterable<Uint8Array>,
  options?: FormatOptions,
): Promise<ReadResult> {
  return readSegments(source, streamSegments(pieces), new ColumnStore(), options);
}

function* fileSegments(descriptor: number, fileBytes: number): IterableIterator<Segment> {
  const segments = new FileSegments(descriptor, fileBytes, CHUNK_BYTES);
  for (let chunk = 0; chunk * CHUNK_BYTES < fileBytes; chunk++) {
    const segment = segments.segment(chunk);
    if (segment !== undefined) yield segment;
  }
}

/** Room for all that a file can hold: memory that is never written costs nothing, and growing would double it. */
function roomFor(fileBytes: number): ColumnStore {
  const events = Math.ceil(fileBytes / SHORTEST_EVENT_BYTES) + 1;
  return new ColumnStore(events, undefined, 'own', Math.ceil(fileBytes / SHORTEST_MICRO_OPERATION_BYTES));
}

async function readSegments(
  source: string,
  segments: AsyncIterable<Segment> | Iterable<Segment>,
  store: ColumnStore,
  options?: FormatOptions,
): Promise<ReadResult> {
  const names = new ScannedNames();
  const reader = new SegmentReader(names, store.microOperations);
  const assembly = new Assembly(source, options);
  try {
    for await (const segment of segments) {
      for (const part of readSegment(reader, segment, store)) assembly.add(part);
    }
  } catch (error) {
    throw error instanceof RangeError ? assembly.tooLong() : error;
  }
  return assembly.finish(store, names, reader.ignored);
}
