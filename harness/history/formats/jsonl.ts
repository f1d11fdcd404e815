import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { epochOf } from '../event-writer.js';
import type { FormatOptions, HistoryFormat, ReadResult, Source } from './format.js';
import { readFileInParallel } from './jsonl/parallel.js';
import { readFileSequentially, readStream } from './jsonl/sequential.js';

/** Starting a thread takes about as long as reading this much. */
const PARALLEL_FROM_BYTES = 24 * 1024 * 1024;
const MAX_THREADS = 8;
/** What is looked at to see what a file is of. */
const HEAD_BYTES = 64 * 1024;

/** Faultline's journal, and any log of one JSON object a line with the same fields. */
export const jsonl: HistoryFormat = {
  name: 'jsonl',
  summary: 'one JSON object a line: {"index","time","process","type","f","value","key"?,"node"?,"error"?}',
  hasPairs: true,
  detect: (head) => /^\s*\{\s*"/.test(head),
  read: (source, options) =>
    source.path === undefined
      ? readStream(source.name, source.pieces(), options)
      : readFile(source, source.path, options),
};

async function readFile(source: Source, path: string, options: FormatOptions): Promise<ReadResult> {
  const descriptor = openSync(path, 'r');
  try {
    const sizeBytes = fstatSync(descriptor).size;
    const threads = Math.min(MAX_THREADS, availableParallelism());
    if (sizeBytes >= PARALLEL_FROM_BYTES && threads > 1) {
      const head = headOf(descriptor);
      if (!ofTransactions(head)) {
        const epoch = epochIn(head);
        const read = await readFileInParallel(source.name, descriptor, sizeBytes, { threads, epoch, options });
        if (read !== undefined) return read;
      }
    }
    return await readFileSequentially(source.name, descriptor, sizeBytes, options);
  } finally {
    closeSync(descriptor);
  }
}

function headOf(descriptor: number): string {
  const head = Buffer.alloc(HEAD_BYTES);
  return head.toString('latin1', 0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
}

/** Where times are since an epoch all threads must begin at the same one: by the first time in the file. */
function epochIn(head: string): bigint | undefined {
  const first = /"time"\s*:\s*(\d+)/.exec(head)?.[1];
  return first === undefined || Number.isSafeInteger(Number(first)) ? undefined : epochOf(BigInt(first));
}

/**
 * Whether most lines at the beginning are transactions. Those are compared with each other while they are read, which takes
 * a third of the time and memory that keeping their text and reading that again does, on however many threads.
 */
function ofTransactions(head: string): boolean {
  const lines = head.split('\n');
  const transactions = lines.filter((line) => /"value": ?\[\["(r|w|append)",/.test(line));
  return transactions.length * 2 > lines.length;
}
