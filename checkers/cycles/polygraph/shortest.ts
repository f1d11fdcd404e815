import { NONE } from '../../../harness/history/history.js';
import { components } from '../tarjan.js';
import type { Precedence } from './precedence.js';

/** How many nodes of a strongly connected part are tried as the start of a cycle. */
const MOST_STARTS = 64;

/** A cycle among nodes, short, or undefined when there is none. */
export function shortCycle({ nodes, offsets, targets }: Precedence): number[] | undefined {
  const { of, count } = components({ nodes, offsets, targets, relations: new Uint8Array(targets.length) }, ~0);
  if (count === nodes) return undefined;
  const sizes = new Int32Array(count);
  for (const component of of) sizes[component]++;
  let smallest = NONE;
  sizes.forEach((size, component) => {
    if (size > 1 && (smallest === NONE || size < sizes[smallest])) smallest = component;
  });
  const previous = new Int32Array(nodes).fill(NONE);
  const seen = new Int32Array(nodes).fill(NONE);
  let best: number[] | undefined;
  let starts = 0;
  for (let start = 0; start < nodes && starts < MOST_STARTS; start++) {
    if (of[start] !== smallest) continue;
    starts++;
    const queue = [start];
    search: for (const node of queue) {
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
        const target = targets[edge];
        if (target === start) {
          const cycle = [node];
          for (let at = node; at !== start; at = previous[at]) cycle.push(previous[at]);
          if (!best || cycle.length < best.length) best = cycle.reverse();
          break search;
        }
        if (of[target] !== smallest || seen[target] === start) continue;
        seen[target] = start;
        previous[target] = node;
        queue.push(target);
      }
    }
  }
  return best;
}
