import { MAX_LINE_BYTES, type Segment } from './file-segments.js';
import { PADDING_BYTES } from './segment-reader.js';

const LINE_FEED = 0x0a;
const FIRST_BUFFER_BYTES = 256 * 1024;

/**
 * Cuts a stream into buffers of whole lines, each valid until the next.
 *
 * @throws RangeError for a line past MAX_LINE_BYTES.
 */
export async function* streamSegments(pieces: AsyncIterable<Uint8Array>): AsyncIterableIterator<Segment> {
  let buffer = new Uint8Array(FIRST_BUFFER_BYTES + PADDING_BYTES + 1);
  let length = 0;
  for await (const piece of pieces) {
    if (length + piece.length + PADDING_BYTES + 1 > buffer.length) {
      const end = buffer.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
      if (end > 0) yield { bytes: buffer, start: 0, end };
      buffer.copyWithin(0, end, length);
      length -= end;
      if (length > MAX_LINE_BYTES) throw new RangeError('line too long');
      const needed = length + piece.length + PADDING_BYTES + 1;
      if (needed > buffer.length) {
        const grown = new Uint8Array(Math.max(needed, buffer.length * 2));
        grown.set(buffer.subarray(0, length));
        buffer = grown;
      }
    }
    buffer.set(piece, length);
    length += piece.length;
  }
  if (length === 0) return;
  const unterminatedStart = buffer.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
  if (unterminatedStart === length) {
    yield { bytes: buffer, start: 0, end: length };
    return;
  }
  buffer[length] = LINE_FEED;
  yield { bytes: buffer, start: 0, end: length + 1, unterminatedStart };
}
