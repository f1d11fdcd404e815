import { type History, NEMESIS } from '../harness/history/history.js';

/**
 * Positions of the client events, one ascending array per independent key (events without a key form a part of their
 * own). Linear: counts, then fills.
 */
export function partitionByKey(history: History): readonly Int32Array[] {
  const { processes, keys, keyNames, length } = history.columns;
  const sizes = new Int32Array(keyNames.length + 1);
  for (let at = 0; at < length; at++) if (processes[at] !== NEMESIS) sizes[keys[at] + 1]++;
  const parts = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(parts.length);
  for (let at = 0; at < length; at++) {
    if (processes[at] === NEMESIS) continue;
    const part = keys[at] + 1;
    parts[part][filled[part]++] = at;
  }
  return parts.filter((part) => part.length > 0);
}
