import { type History, NEMESIS } from '../harness/history/history.js';

/** The client events of one independent key. */
export interface KeyPart {
  /** Into `keyNames`, or NONE: events without a key form a part of their own. */
  readonly key: number;
  /** Ascending. */
  readonly positions: Int32Array;
}

/** How many events are looked at between two calls of a pacer. */
const STRIDE = 0xffff;

/**
 * The client events of each key that has any. Linear: counts, then fills. In shared memory, so that other threads need
 * no copy.
 *
 * @param pace called now and then; may throw where time is up
 */
export function partsByKey(history: History, pace: () => void = () => undefined): KeyPart[] {
  const { processes, keys, keyNames, length } = history.columns;
  const sizes = new Int32Array(keyNames.length + 1);
  for (let at = 0; at < length; at++) {
    if ((at & STRIDE) === 0) pace();
    if (processes[at] !== NEMESIS) sizes[keys[at] + 1]++;
  }
  const parts = inOneBuffer(sizes);
  const filled = new Int32Array(parts.length);
  for (let at = 0; at < length; at++) {
    if ((at & STRIDE) === 0) pace();
    if (processes[at] === NEMESIS) continue;
    const part = keys[at] + 1;
    parts[part][filled[part]++] = at;
  }
  return parts.flatMap((positions, part) => (positions.length === 0 ? [] : [{ key: part - 1, positions }]));
}

function inOneBuffer(sizes: Int32Array): Int32Array[] {
  const buffer = new SharedArrayBuffer(4 * sizes.reduce((sum, size) => sum + size, 0));
  let end = 0;
  return Array.from(sizes, (size) => new Int32Array(buffer, 4 * ((end += size) - size), size));
}

/** The positions alone. */
export function partitionByKey(history: History): readonly Int32Array[] {
  return partsByKey(history).map(({ positions }) => positions);
}
