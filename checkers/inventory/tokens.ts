import type { QuantityOperation } from '../quantities/quantities.js';
import type { Order } from './inventory-history.js';

/** A dimension that lives from its order's (or a cancellation's) begin to the last return of an operation on it. */
export interface Token {
  readonly order: Order;
  readonly ops: number[];
  dimension: number;
}

/** Stands for a token's dimension until it has one. */
export const TOKEN = -1;

/**
 * Gives each token a dimension after the first `articles`, for as long as it lives; dimensions are used again. Answers
 * how many there are in all, and which begin anew before an event.
 */
export function placeTokens(
  tokens: Iterable<Token>,
  articles: number,
  operations: QuantityOperation[],
  begins: Int32Array,
  returns: Int32Array,
): { readonly size: number; readonly resets: Map<number, number[]> } {
  const lives = [...tokens]
    .filter(({ ops }) => ops.length > 0)
    .map((token) => ({
      token,
      begin: Math.min(...token.ops.map((op) => begins[op])),
      end: Math.max(...token.ops.map((op) => returns[op])),
    }))
    .sort((a, b) => a.begin - b.begin);
  const resets = new Map<number, number[]>();
  const busyUntil: number[] = [];
  for (const { token, begin, end } of lives) {
    let slot = busyUntil.findIndex((until) => until < begin);
    if (slot < 0) slot = busyUntil.push(end) - 1;
    else {
      busyUntil[slot] = end;
      resets.set(begin, [...(resets.get(begin) ?? []), articles + slot]);
    }
    token.dimension = articles + slot;
    for (const op of token.ops) placeIn(operations, op, token.dimension);
  }
  return { size: articles + busyUntil.length, resets };
}

function placeIn(operations: QuantityOperation[], op: number, dimension: number): void {
  const operation = operations[op];
  const place = (at: number) => (at === TOKEN ? dimension : at);
  switch (operation.kind) {
    case 'change': {
      const needs = operation.needs && { ...operation.needs, dimension: place(operation.needs.dimension) };
      operations[op] = { ...operation, dimensions: operation.dimensions.map(place), needs };
      break;
    }
    case 'below':
      operations[op] = { ...operation, dimension: place(operation.dimension) };
      break;
    case 'exact':
      break;
  }
}
