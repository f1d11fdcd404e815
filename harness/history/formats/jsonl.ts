import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { HistoryFormat, ReadResult, Source } from './format.js';
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
  detect: (head) => /^\s*\{\s*"/.test(head),
  read: (source) =>
    source.path === undefined ? readStream(source.name, source.pieces()) : readFile(source, source.path),
};

async function readFile(source: Source, path: string): Promise<ReadResult> {
  const descriptor = openSync(path, 'r');
  try {
    const sizeBytes = fstatSync(descriptor).size;
    const threads = Math.min(MAX_THREADS, availableParallelism());
    if (sizeBytes < PARALLEL_FROM_BYTES || threads === 1 || ofTransactions(descriptor)) {
      return await readFileSequentially(source.name, descriptor, sizeBytes);
    }
    return await readFileInParallel(source.name, descriptor, sizeBytes, threads);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Whether most lines at the beginning are transactions. Those are compared with each other while they are read, which takes
 * a third of the time and memory that keeping their text and reading that again does, on however many threads.
 */
function ofTransactions(descriptor: number): boolean {
  const head = Buffer.alloc(HEAD_BYTES);
  const lines = head.toString('latin1', 0, readSync(descriptor, head, 0, HEAD_BYTES, 0)).split('\n');
  const transactions = lines.filter((line) => /"value": ?\[\["(r|w|append)",/.test(line));
  return transactions.length * 2 > lines.length;
}
