import type { LocalGraph } from './component.js';

export interface Components {
  readonly count: number;
  /** By node: its component. An edge from one component to another leads to a smaller number. */
  readonly of: Int32Array;
}

/** Strongly connected components over the relations in `mask` (Tarjan 1972), without recursion. */
export function components(
  graph: Pick<LocalGraph, 'nodes' | 'offsets' | 'targets' | 'relations'>,
  mask: number,
): Components {
  const { nodes, offsets, targets, relations } = graph;
  const of = new Int32Array(nodes).fill(-1);
  /** Discovery number from 1; 0 = not seen. */
  const found = new Int32Array(nodes);
  const low = new Int32Array(nodes);
  const cursor = new Int32Array(nodes);
  const path = new Int32Array(nodes);
  const open = new Int32Array(nodes);
  let openTop = 0;
  let time = 0;
  let count = 0;
  for (let root = 0; root < nodes; root++) {
    if (found[root] !== 0) continue;
    let depth = 0;
    path[0] = root;
    found[root] = low[root] = ++time;
    cursor[root] = offsets[root];
    open[openTop++] = root;
    while (depth >= 0) {
      const node = path[depth];
      if (cursor[node] < offsets[node + 1]) {
        const edge = cursor[node]++;
        if (!((1 << relations[edge]) & mask)) continue;
        const target = targets[edge];
        if (found[target] === 0) {
          found[target] = low[target] = ++time;
          cursor[target] = offsets[target];
          open[openTop++] = target;
          path[++depth] = target;
        } else if (of[target] < 0 && found[target] < low[node]) {
          low[node] = found[target];
        }
        continue;
      }
      depth--;
      if (depth >= 0 && low[node] < low[path[depth]]) low[path[depth]] = low[node];
      if (low[node] !== found[node]) continue;
      let member: number;
      do {
        member = open[--openTop];
        of[member] = count;
      } while (member !== node);
      count++;
    }
  }
  return { count, of };
}

/** Nodes sorted by component. */
export function byComponent(
  of: Int32Array,
  count: number,
): { readonly starts: Int32Array; readonly nodes: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const component of of) starts[component + 1]++;
  for (let component = 0; component < count; component++) starts[component + 1] += starts[component];
  const nodes = new Int32Array(of.length);
  const cursor = starts.slice();
  of.forEach((component, node) => (nodes[cursor[component]++] = node));
  return { starts, nodes };
}
