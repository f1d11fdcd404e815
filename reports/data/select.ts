import { FAIL, INFO, NONE, OK, type History } from '../../harness/history/history.js';

/** Which operations the page holds, and by which rule the rest was left out. */
export interface Selection {
  /** Positions of invocations, ascending. */
  readonly positions: Int32Array;
  readonly total: number;
  /** One in this many ordinary operations is kept; 1 when all are. */
  readonly everyOk: number;
  /** One in this many failed or unknown operations is kept; 1 when all are. */
  readonly everyOther: number;
}

/**
 * Thins a long history so that a browser stays quick: every operation of an anomaly is kept, failed and unknown ones
 * as far as half of the room allows, and the rest evenly.
 */
export function select(
  history: History,
  invocations: Int32Array,
  proofs: ReadonlySet<number>,
  maxOperations: number,
): Selection {
  const total = invocations.length;
  if (total <= maxOperations) return { positions: invocations, total, everyOk: 1, everyOther: 1 };
  const { types, pairs } = history.columns;
  const outcome = (position: number) => (pairs[position] === NONE ? INFO : types[pairs[position]]);
  let others = 0;
  for (const position of invocations) if (outcome(position) !== OK) others++;
  const everyOther = Math.max(1, Math.ceil(others / (maxOperations / 2)));
  const room = Math.max(1, maxOperations - Math.ceil(others / everyOther) - proofs.size);
  const everyOk = Math.max(1, Math.ceil((total - others) / room));
  const kept = new Int32Array(total);
  let size = 0;
  let seenOk = 0;
  let seenOther = 0;
  for (const position of invocations) {
    const type = outcome(position);
    const keep = type === FAIL || type === INFO ? seenOther++ % everyOther === 0 : seenOk++ % everyOk === 0;
    if (keep || proofs.has(position)) kept[size++] = position;
  }
  return { positions: kept.slice(0, size), total, everyOk, everyOther };
}
