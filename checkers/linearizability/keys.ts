import { type History, NEMESIS, NONE } from '../../harness/history/history.js';

/** The events of one independent object. */
export interface KeyedPositions {
  readonly name: string | undefined;
  /** Ascending positions; undefined: the whole history. */
  readonly positions: Int32Array | undefined;
}

/** Client events by key, those without a key apart. Linear. */
export function positionsByKey(history: History): KeyedPositions[] {
  const { processes, keys, keyNames, length } = history.columns;
  if (keyNames.length === 0) return length === 0 ? [] : [{ name: undefined, positions: undefined }];
  const sizes = new Int32Array(keyNames.length + 1);
  for (let at = 0; at < length; at++) if (processes[at] !== NEMESIS) sizes[keys[at] + 1]++;
  const parts = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(parts.length);
  for (let at = 0; at < length; at++) {
    if (processes[at] === NEMESIS) continue;
    const part = keys[at] + 1;
    parts[part][filled[part]++] = at;
  }
  return parts.flatMap((positions, part) =>
    positions.length === 0 ? [] : [{ name: part - 1 === NONE ? undefined : keyNames[part - 1], positions }],
  );
}
