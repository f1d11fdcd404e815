import { COLUMNS, ColumnStore } from '../../columns.js';
import { MAX_INT32 } from '../../event-writer.js';
import { VALUE_RAW } from '../../history.js';
import { isTorn, type Part, readSegment } from './assembly.js';
import { FileSegments } from './file-segments.js';
import { ScannedNames } from './scanned-names.js';
import { SegmentReader } from './segment-reader.js';

export const CHUNK_BYTES = 2 * 1024 * 1024;
/** `{"type":"ok","process":0,"f":"r"}` and its line feed: no event is shorter, so a file cannot hold more events than this allows. */
export const SHORTEST_EVENT_BYTES = 32;
/** A crew that makes no progress for so long has lost a member. */
const STUCK_MS = 30_000;

/** Counters in shared memory by which the threads divide the chunks of a file. */
const NEXT = 0;
const COMMITTED = 1;
const EVENTS = 2;
const SLAB = 3;
const ABORTED = 4;
export const COUNTERS = 5;

/** Everything a thread needs to join in. Structured-clonable. */
export interface Job {
  readonly descriptor: number;
  readonly fileBytes: number;
  readonly chunks: number;
  readonly counters: Int32Array;
  /** Per chunk the member that took it, from 1. */
  readonly owners: Uint8Array;
  readonly target: SharedColumns;
  /** What is taken from times that are since an epoch. */
  readonly epoch: bigint | undefined;
}

/** The store that all fill, without its methods: threads hand over memory, not objects. */
export type SharedColumns = Pick<ColumnStore, (typeof COLUMNS)[number] | 'slab'>;

/** One chunk as its reader tells of it. */
export interface ChunkReport {
  readonly chunk: number;
  readonly position: number;
  readonly parts: readonly Part[];
  readonly tooLong: boolean;
  /** Sizes of the member's string tables after this chunk. */
  readonly sizes: Readonly<Record<NameColumn, number>>;
}

export interface MemberReport {
  readonly member: number;
  readonly chunks: readonly ChunkReport[];
  readonly names: Readonly<Record<NameColumn, readonly string[]>>;
  readonly ignored: readonly string[];
  /** Whether it met processes with names, which members number each for itself. */
  readonly named: boolean;
}

export const NAME_COLUMNS = ['functions', 'keys', 'nodes', 'workloads', 'errors'] as const;
export type NameColumn = (typeof NAME_COLUMNS)[number];

/**
 * Takes chunks until none is left. Each is read into columns of the member's own; its place in the shared ones is known
 * once every earlier chunk has been read, so members wait for each other there, and then copy side by side.
 */
export function work(job: Job, member: number): MemberReport {
  const { counters } = job;
  const names = new ScannedNames();
  const reader = new SegmentReader(names);
  const segments = new FileSegments(job.descriptor, job.fileBytes, CHUNK_BYTES);
  const own = new ColumnStore(CHUNK_BYTES / 50, CHUNK_BYTES / 2);
  own.epoch = job.epoch;
  const chunks: ChunkReport[] = [];
  while (Atomics.load(counters, ABORTED) === 0) {
    const chunk = Atomics.add(counters, NEXT, 1);
    if (chunk >= job.chunks) break;
    job.owners[chunk] = member;
    own.length = 0;
    own.slabLength = 0;
    const { parts, tooLong } = readChunk(segments, reader, chunk, own);
    const broken = parts.some((part) => part.problem !== undefined && !isTorn(part));
    if (tooLong || broken) Atomics.store(counters, ABORTED, 1);
    const position = commit(job, chunk, own);
    const sizes = Object.fromEntries(NAME_COLUMNS.map((name) => [name, names[name].size]));
    chunks.push({ chunk, position, parts, tooLong, sizes: sizes as Record<NameColumn, number> });
  }
  const tables = Object.fromEntries(NAME_COLUMNS.map((name) => [name, names[name].names]));
  return {
    member,
    chunks,
    names: tables as Record<NameColumn, readonly string[]>,
    ignored: [...reader.ignored],
    named: names.processes.size > 0,
  };
}

function readChunk(
  segments: FileSegments,
  reader: SegmentReader,
  chunk: number,
  store: ColumnStore,
): { parts: readonly Part[]; tooLong: boolean } {
  try {
    const segment = segments.segment(chunk);
    return { parts: segment === undefined ? [] : readSegment(reader, segment, store), tooLong: false };
  } catch (error) {
    if (error instanceof RangeError) return { parts: [], tooLong: true };
    throw error;
  }
}

/** Waits for its turn, takes room in the shared columns and copies there. */
function commit(job: Job, chunk: number, own: ColumnStore): number {
  const { counters, target } = job;
  for (;;) {
    const committed = Atomics.load(counters, COMMITTED);
    if (committed === chunk) break;
    awaitCommit(counters, committed, job.chunks);
  }
  const position = counters[EVENTS];
  const slab = counters[SLAB];
  const fits = slab + own.slabLength <= MAX_INT32;
  counters[EVENTS] = position + own.length;
  counters[SLAB] = fits ? slab + own.slabLength : MAX_INT32;
  Atomics.store(counters, COMMITTED, chunk + 1);
  Atomics.notify(counters, COMMITTED);
  if (!fits) return position;
  for (let at = 0; at < own.length; at++) if (own.valueKinds[at] === VALUE_RAW) own.valuesA[at] += slab;
  for (const name of COLUMNS) target[name].set(own[name].subarray(0, own.length) as never, position);
  target.slab.set(own.slab.subarray(0, own.slabLength), slab);
  return position;
}

/**
 * Waits until every chunk has been read, by whomever. A member that took the last one may still be at it when the others
 * find nothing left; only what is committed has an owner for certain.
 */
export function awaitOthers({ counters, chunks }: Job): void {
  for (;;) {
    const done = Atomics.load(counters, COMMITTED);
    if (done >= chunks || Atomics.load(counters, ABORTED) !== 0) return;
    awaitCommit(counters, done, chunks);
  }
}

function awaitCommit(counters: Int32Array, committed: number, chunks: number): void {
  if (Atomics.wait(counters, COMMITTED, committed, STUCK_MS) === 'timed-out') {
    throw new Error(`reading the history stopped at chunk ${committed} of ${chunks}`);
  }
}

/** How many events and slab bytes a finished crew has written. */
export function committed(job: Job): { readonly events: number; readonly slabBytes: number } {
  return { events: job.counters[EVENTS], slabBytes: job.counters[SLAB] };
}
