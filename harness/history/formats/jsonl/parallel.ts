import { Worker } from 'node:worker_threads';
import type { NameTable } from '../../columns.js';
import { COLUMNS, ColumnStore } from '../../columns.js';
import { type EventNames, MAX_INT32, newEventNames } from '../../event-writer.js';
import { HistoryError } from '../../history-error.js';
import { NONE } from '../../history.js';
import type { FormatOptions, ReadResult } from '../format.js';
import { Assembly } from './assembly.js';
import {
  awaitOthers,
  CHUNK_BYTES,
  type ChunkReport,
  COUNTERS,
  committed,
  type Job,
  type MemberReport,
  NAME_COLUMNS,
  type NameColumn,
  SHORTEST_EVENT_BYTES,
  work,
} from './crew.js';

export interface CrewOptions {
  /** How many in all, at most 255. */
  readonly threads: number;
  /** What is taken from times that are since an epoch. */
  readonly epoch?: bigint | undefined;
  readonly options?: FormatOptions;
}

/** This thread's number among the crew. */
const SELF = 1;

/**
 * Reads an open file of JSON lines on several threads, this one among them: it begins at once, the others join when
 * they have started, and should one never start then nothing waits for it. Answers undefined where processes have names,
 * which threads cannot number alike: one thread can.
 */
export async function readFileInParallel(
  source: string,
  descriptor: number,
  fileBytes: number,
  { threads, epoch, options }: CrewOptions,
): Promise<ReadResult | undefined> {
  const { job, store } = newJob(descriptor, fileBytes, epoch);
  const helpers = Array.from({ length: threads - 1 }, (_, at) => new Helper(job, SELF + 1 + at));
  try {
    const own = work(job, SELF);
    awaitOthers(job);
    const busy = helpers.filter((helper) => job.owners.includes(helper.member));
    const reports = await Promise.all(busy.map((helper) => helper.report));
    const members = [own, ...reports];
    return members.some(({ named }) => named) ? undefined : assemble(source, job, store, members, options);
  } finally {
    await Promise.all(helpers.map((helper) => helper.stop()));
  }
}

/** Shared memory for a file, and the store that looks at it. */
export function newJob(
  descriptor: number,
  fileBytes: number,
  epoch?: bigint,
): { readonly job: Job; readonly store: ColumnStore } {
  const capacity = Math.ceil(fileBytes / SHORTEST_EVENT_BYTES) + 1;
  const store = new ColumnStore(capacity, Math.min(fileBytes, MAX_INT32), 'shared');
  store.epoch = epoch;
  const chunks = Math.ceil(fileBytes / CHUNK_BYTES);
  const target = Object.fromEntries([...COLUMNS, 'slab' as const].map((name) => [name, store[name]])) as Job['target'];
  const counters = new Int32Array(new SharedArrayBuffer(4 * COUNTERS));
  const owners = new Uint8Array(new SharedArrayBuffer(chunks));
  return { job: { descriptor, fileBytes, chunks, counters, owners, target, epoch }, store };
}

/** A worker thread of the crew. */
export class Helper {
  readonly report: Promise<MemberReport>;
  private readonly worker: Worker;

  constructor(
    job: Job,
    readonly member: number,
  ) {
    this.worker = startWorker({ job, member });
    this.report = new Promise<MemberReport>((resolve, reject) => {
      this.worker.once('message', resolve);
      this.worker.once('error', reject);
      this.worker.once('exit', () => reject(new Error('a thread reading the history ended early')));
    });
    // Nobody waits for a helper that took no chunk.
    this.report.catch(() => undefined);
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

function startWorker(workerData: { readonly job: Job; readonly member: number }): Worker {
  const main = import.meta.url.endsWith('.ts') ? './worker-from-sources.mjs' : './worker.js';
  return new Worker(new URL(main, import.meta.url), { execArgv: [], workerData });
}

/** Makes one history of what the members of a crew read. */
export function assemble(
  source: string,
  job: Job,
  store: ColumnStore,
  members: readonly MemberReport[],
  options?: FormatOptions,
): ReadResult {
  const assembly = new Assembly(source, options);
  const reports = members
    .flatMap((member) => member.chunks.map((report) => ({ member, report })))
    .sort((a, b) => a.report.chunk - b.report.chunk);
  for (const { report } of reports) {
    if (report.tooLong) throw assembly.tooLong();
    for (const part of report.parts) assembly.add(part);
  }
  if (reports.length !== job.chunks) throw new Error(`read ${reports.length} of ${job.chunks} chunks of ${source}`);
  const { events, slabBytes } = committed(job);
  if (slabBytes === MAX_INT32) throw new HistoryError('the values of this history take more than 2 GiB', source);
  store.length = events;
  store.slabLength = slabBytes;
  const names = newEventNames();
  for (const column of NAME_COLUMNS) unite(column, store, names, reports);
  return assembly.finish(store, names, new Set(members.flatMap((member) => member.ignored)));
}

interface ReportOf {
  readonly member: MemberReport;
  readonly report: ChunkReport;
}

/**
 * Numbers a column's names anew by first appearance in the file, so that ids do not depend on which thread read what.
 * Within a chunk a member met its new names in file order; names are therefore in order when chunks are walked in order.
 */
function unite(column: NameColumn, store: ColumnStore, names: EventNames, reports: readonly ReportOf[]): void {
  const table = names[column] as NameTable;
  const ids = new Map<MemberReport, number[]>();
  for (const { member, report } of reports) {
    const known = ids.get(member) ?? [];
    ids.set(member, known);
    for (let id = known.length; id < report.sizes[column]; id++) known.push(table.intern(member.names[column][id]));
  }
  const data = store[column];
  reports.forEach(({ member, report }, at) => {
    const mapping = ids.get(member) ?? [];
    if (mapping.every((to, from) => to === from)) return;
    const map = Int32Array.from(mapping);
    const end = reports[at + 1]?.report.position ?? store.length;
    for (let position = report.position; position < end; position++) {
      if (data[position] !== NONE) data[position] = map[data[position]];
    }
  });
}
