import { readSync } from 'node:fs';
import { PADDING_BYTES } from './segment-reader.js';

const LINE_FEED = 0x0a;
/** A final read of a million elements is 10 MB; a line of this size is no event. */
export const MAX_LINE_BYTES = 128 * 1024 * 1024;
/** What is read beyond a chunk at first, for the rest of its last line. */
const OVERLAP_BYTES = 64 * 1024;

/** Whole lines in a reused buffer. */
export interface Segment {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** After the last line feed. Where the file's last line has none, one was added. */
  readonly end: number;
  /** Where the last line of the file begins when it had no line feed of its own. */
  readonly unterminatedStart?: number;
}

/**
 * Cuts a file into chunks of equal size and answers the lines that *begin* in each: every line belongs to exactly one
 * chunk, whoever reads it, in whatever order. Reads with `pread`, so that threads may share the descriptor.
 */
export class FileSegments {
  private buffer: Uint8Array;

  constructor(
    private readonly descriptor: number,
    private readonly fileBytes: number,
    private readonly chunkBytes: number,
  ) {
    this.buffer = new Uint8Array(Math.min(chunkBytes, fileBytes) + OVERLAP_BYTES + 1 + PADDING_BYTES);
  }

  /**
   * The lines that begin in a chunk, valid until the next call; undefined when none does.
   *
   * @throws RangeError for a line past {@link MAX_LINE_BYTES}.
   */
  segment(chunk: number): Segment | undefined {
    const chunkStart = chunk * this.chunkBytes;
    const chunkEnd = Math.min(chunkStart + this.chunkBytes, this.fileBytes);
    // One byte before the chunk tells whether a line begins at its very first byte.
    const from = Math.max(0, chunkStart - 1);
    let length = this.fill(0, from, Math.min(chunkEnd - from + OVERLAP_BYTES, this.fileBytes - from));
    const start = chunkStart === 0 ? 0 : this.buffer.subarray(0, length).indexOf(LINE_FEED) + 1;
    if ((start === 0 && chunkStart > 0) || from + start >= chunkEnd) return undefined;
    let searched = chunkEnd - from - 1;
    for (;;) {
      const found = this.buffer.subarray(0, length).indexOf(LINE_FEED, searched);
      if (found !== -1) return { bytes: this.buffer, start, end: found + 1 };
      if (from + length >= this.fileBytes) return this.closeLastLine(start, length);
      if (length > this.chunkBytes + MAX_LINE_BYTES) throw new RangeError('line too long');
      searched = length;
      length += this.fill(length, from + length, Math.min(length, this.fileBytes - from - length));
      // The file became shorter while it was read.
      if (length === searched) return this.closeLastLine(start, length);
    }
  }

  private closeLastLine(start: number, length: number): Segment {
    const unterminatedStart = this.buffer.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
    this.buffer[length] = LINE_FEED;
    return { bytes: this.buffer, start, end: length + 1, unterminatedStart: Math.max(start, unterminatedStart) };
  }

  /** Reads so many bytes of the file from `position` to `offset` of the buffer, which grows as needed. */
  private fill(offset: number, position: number, sizeBytes: number): number {
    const needed = offset + sizeBytes + 1 + PADDING_BYTES;
    if (needed > this.buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
      grown.set(this.buffer.subarray(0, offset));
      this.buffer = grown;
    }
    let done = 0;
    while (done < sizeBytes) {
      const read = readSync(this.descriptor, this.buffer, offset + done, sizeBytes - done, position + done);
      if (read === 0) break;
      done += read;
    }
    return done;
  }
}
