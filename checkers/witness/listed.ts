import { FAIL, INVOKE, NONE, OK, type History } from '../../harness/history/history.js';
import { NEVER, type Listed } from './evidence.js';

/** Operations that a witness lists by indices of the journal, or what is wrong with the list. */
export function listed(history: History, indices: readonly number[]): readonly Listed[] | string {
  const { types, pairs } = history.columns;
  const positions = new Set<number>();
  for (const index of indices) {
    const position = positionOf(history, index);
    if (position === undefined) return `the history has no event ${String(index)}`;
    positions.add(position);
  }
  const operations: Listed[] = [];
  for (const position of [...positions].sort((a, b) => a - b)) {
    const partner = pairs[position];
    if (types[position] !== INVOKE) {
      if (partner === NONE) operations.push(single(history, position));
      else if (!positions.has(partner))
        return `event ${String(history.columns.indices[position])} is listed without its invocation`;
      continue;
    }
    const isListed = partner !== NONE && positions.has(partner);
    const isKnown = isListed && (types[partner] === OK || types[partner] === FAIL);
    operations.push({
      invocation: history.event(position),
      completion: isListed ? history.event(partner) : undefined,
      outcome: isKnown ? (types[partner] === OK ? 'ok' : 'fail') : 'unknown',
      invokedAt: position,
      completedAt: isKnown ? partner : NEVER,
    });
  }
  return operations;
}

/** The operation with the completion that the history has for it, listed or not. */
export function asRecorded(history: History, operation: Listed): Listed {
  const position = positionOf(history, operation.invocation.index);
  const partner = position === undefined ? NONE : history.columns.pairs[position];
  if (operation.completion !== undefined || partner === NONE) return operation;
  const whole = listed(history, [operation.invocation.index, history.columns.indices[partner]]);
  return typeof whole === 'string' ? operation : whole[0];
}

/** A completion whose invocation was never recorded, as in histories of results only. */
function single(history: History, position: number): Listed {
  const event = history.event(position);
  const outcome = event.type === 'ok' || event.type === 'fail' ? event.type : 'unknown';
  return {
    invocation: event,
    completion: event,
    outcome,
    invokedAt: Number.NEGATIVE_INFINITY,
    completedAt: outcome === 'unknown' ? NEVER : position,
  };
}

/** Position of the event with an index; indices ascend. */
export function positionOf(history: History, index: number): number | undefined {
  const { indices } = history.columns;
  let low = 0;
  let high = history.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (indices[middle] === index) return middle;
    if (indices[middle] < index) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
