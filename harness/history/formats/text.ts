import { isUtf8 } from 'node:buffer';
import { HistoryError } from '../history-error.js';
import type { Source } from './format.js';

/** Formats other than our own are read as one string; V8's longest has 2^29 characters. */
const MAX_TEXT_BYTES = 500 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * The whole text of a source.
 *
 * @throws HistoryError when it is too large or not UTF-8, then with the line.
 */
export async function readText(source: Source): Promise<string> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of source.pieces()) {
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes > MAX_TEXT_BYTES) {
      throw new HistoryError('larger than 500 MiB; convert it to jsonl, which has no such limit', source.name);
    }
  }
  const bytes = Buffer.concat(pieces);
  if (!isUtf8(bytes)) throw new HistoryError('not UTF-8', source.name, firstBrokenLine(bytes));
  return bytes.toString('utf8');
}

function firstBrokenLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

/** Line numbers of offsets that only grow. */
export class LineCounter {
  private line = 1;
  private counted = 0;

  constructor(private readonly text: string) {}

  lineAt(offset: number): number {
    for (;;) {
      const next = this.text.indexOf('\n', this.counted);
      if (next === -1 || next >= offset) return this.line;
      this.counted = next + 1;
      this.line++;
    }
  }
}
