import type { DependencyGraph } from './graph.js';
import type { TimeOrder } from './realtime.js';

/**
 * What cannot be peeled off from the front of the graph by removing nodes that nothing precedes (Kahn 1962): empty if and
 * only if there is no cycle. Node numbers: the graph's own, then one tick a transaction.
 *
 * A valid history is decided by this alone, at every level at once: all levels' graphs are parts of the largest.
 */
export function unpeeled(graph: DependencyGraph, { next }: TimeOrder): Int32Array {
  const { nodes, transactions, offsets, targets } = graph;
  const ticks = transactions;
  const waiting = new Int32Array(nodes + ticks);
  for (let edge = 0; edge < targets.length; edge++) waiting[targets[edge] >>> 2]++;
  for (let i = 0; i < transactions; i++) {
    waiting[i]++;
    if (i > 0) waiting[nodes + i]++;
    if (next[i] < transactions) waiting[nodes + next[i]]++;
  }

  const stack = new Int32Array(nodes + ticks);
  let top = 0;
  let removed = 0;
  for (let node = nodes + ticks - 1; node >= 0; node--) if (waiting[node] === 0) stack[top++] = node;
  while (top > 0) {
    const node = stack[--top];
    removed++;
    if (node >= nodes) {
      const i = node - nodes;
      if (i + 1 < transactions && --waiting[node + 1] === 0) stack[top++] = node + 1;
      if (--waiting[i] === 0) stack[top++] = i;
      continue;
    }
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const target = targets[edge] >>> 2;
      if (--waiting[target] === 0) stack[top++] = target;
    }
    if (node < transactions && next[node] < transactions && --waiting[nodes + next[node]] === 0) {
      stack[top++] = nodes + next[node];
    }
  }

  const rest = new Int32Array(nodes + ticks - removed);
  let count = 0;
  for (let node = 0; node < nodes + ticks && count < rest.length; node++) if (waiting[node] > 0) rest[count++] = node;
  return rest;
}
