import type { LocalGraph } from './component.js';
import type { Limits } from './limits.js';
import { byComponent, components } from './tarjan.js';

const LANES = 32;

/**
 * Those of `questions` whose first node reaches the second by relations in `mask`. 32 questions share one pass over the
 * part of the topological order between their ends, so that proving absence in a huge component stays affordable.
 */
export function withPath<T>(
  graph: LocalGraph,
  mask: number,
  limits: Limits,
  questions: readonly T[],
  ends: (question: T) => readonly [from: number, to: number],
): T[] {
  const { count, of } = components(graph, mask);
  const order = byComponent(of, count);
  // An edge leads to the same or a smaller component number, so a path can only go down.
  const open = questions
    .map((question) => ({ question, from: of[ends(question)[0]], to: of[ends(question)[1]] }))
    .filter(({ from, to }) => from >= to)
    .sort((a, b) => b.from - a.from);
  const bits = new Int32Array(count);
  const answer: T[] = [];
  for (let start = 0; start < open.length; start += LANES) {
    limits.look('proving the absence of read skew');
    const batch = open.slice(start, start + LANES);
    const lowest = Math.min(...batch.map(({ to }) => to));
    bits.fill(0, lowest, batch[0].from + 1);
    batch.forEach(({ from }, lane) => (bits[from] |= 1 << lane));
    spread(graph, mask, of, order, bits, batch[0].from, lowest);
    batch.forEach(({ question, to }, lane) => {
      if (bits[to] & (1 << lane)) answer.push(question);
    });
  }
  return answer;
}

function spread(
  graph: LocalGraph,
  mask: number,
  of: Int32Array,
  order: { readonly starts: Int32Array; readonly nodes: Int32Array },
  bits: Int32Array,
  highest: number,
  lowest: number,
): void {
  for (let component = highest; component >= lowest; component--) {
    if (bits[component] === 0) continue;
    for (let i = order.starts[component]; i < order.starts[component + 1]; i++) {
      const node = order.nodes[i];
      for (let edge = graph.offsets[node]; edge < graph.offsets[node + 1]; edge++) {
        if ((1 << graph.relations[edge]) & mask) bits[of[graph.targets[edge]]] |= bits[component];
      }
    }
  }
}
