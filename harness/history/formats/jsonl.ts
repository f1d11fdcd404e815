import { closeSync, fstatSync, openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { HistoryFormat, ReadResult, Source } from './format.js';
import { readFileInParallel } from './jsonl/parallel.js';
import { readFileSequentially, readStream } from './jsonl/sequential.js';

/** Starting a thread takes about as long as reading this much. */
const PARALLEL_FROM_BYTES = 24 * 1024 * 1024;
const MAX_THREADS = 8;

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
    if (sizeBytes < PARALLEL_FROM_BYTES || threads === 1) {
      return await readFileSequentially(source.name, descriptor, sizeBytes);
    }
    return await readFileInParallel(source.name, descriptor, sizeBytes, threads);
  } finally {
    closeSync(descriptor);
  }
}
