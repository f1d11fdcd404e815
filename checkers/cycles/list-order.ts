import type { Lists } from '../../harness/history/micro-operations/lists.js';

/** The longest list that was read of a key, the latest of equals; -1 when it was never read. */
export function longestBranch(lists: Lists, key: number): number {
  let branch = lists.mainIfAny(key);
  for (const other of lists.deviantsOf(key)) if (lists.length(other) >= lists.length(branch)) branch = other;
  return branch;
}

/** A key's version order: the elements of its longest list, each at its first place. */
export function versionOrder(lists: Lists, key: number): Int32Array {
  const branch = longestBranch(lists, key);
  return branch < 0 ? new Int32Array(0) : Int32Array.from(new Set(lists.elements(branch)));
}
