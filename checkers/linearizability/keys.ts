import { type History, NONE } from '../../harness/history/history.js';
import { partsByKey } from '../by-key.js';
import type { Deadline } from './budget.js';

/** The events of one independent object. */
export interface KeyedPositions {
  readonly name: string | undefined;
  /** Ascending positions; undefined: the whole history. */
  readonly positions: Int32Array | undefined;
}

/**
 * Client events by key, those without a key apart.
 *
 * @throws OutOfBudget
 */
export function positionsByKey(history: History, deadline: Deadline): KeyedPositions[] {
  const { keyNames, length } = history.columns;
  if (keyNames.length === 0) return length === 0 ? [] : [{ name: undefined, positions: undefined }];
  const parts = partsByKey(history, () => deadline.check());
  return parts.map(({ key, positions }) => ({ name: key === NONE ? undefined : keyNames[key], positions }));
}
