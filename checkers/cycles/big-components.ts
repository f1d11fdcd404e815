import { NONE } from '../../harness/history/history.js';
import type { DependencyGraph } from './graph.js';
import type { Order, TimeOrder } from './realtime.js';

/**
 * Strongly connected components of at least two nodes among `rest` (Tarjan 1972, without recursion). The order of time
 * and processes is followed where it is, in arrays, not copied into a graph first: `rest` may be most of a large history
 * while its components are small.
 */
export function bigComponents(
  graph: DependencyGraph,
  time: TimeOrder,
  order: Order,
  rest: Int32Array,
): Int32Array<ArrayBuffer>[] {
  return new Search(graph, time, order, rest).run();
}

const OUTSIDE = -1;

class Search {
  /** Discovery number from 1; 0 = not seen; OUTSIDE = not among `rest`. Done nodes have `low` DONE. */
  private readonly found: Int32Array;
  private readonly low: Int32Array;
  private readonly cursor: Int32Array;
  private readonly path: Int32Array;
  private readonly open: Int32Array;
  private readonly nodes: number;
  private readonly transactions: number;

  constructor(
    private readonly graph: DependencyGraph,
    private readonly time: TimeOrder,
    private readonly order: Order,
    private readonly rest: Int32Array,
  ) {
    this.nodes = graph.nodes;
    this.transactions = graph.transactions;
    const all = graph.nodes + (order === 'realtime' ? graph.transactions : 0);
    this.found = new Int32Array(all).fill(OUTSIDE);
    for (const node of rest) this.found[node] = 0;
    this.low = new Int32Array(all);
    this.cursor = new Int32Array(all);
    this.path = new Int32Array(rest.length);
    this.open = new Int32Array(rest.length);
  }

  run(): Int32Array<ArrayBuffer>[] {
    const { found, low, cursor, path, open } = this;
    const parts: Int32Array<ArrayBuffer>[] = [];
    let openTop = 0;
    let time = 0;
    for (const root of this.rest) {
      if (found[root] !== 0) continue;
      let depth = 0;
      path[0] = open[openTop++] = root;
      found[root] = low[root] = ++time;
      while (depth >= 0) {
        const node = path[depth];
        const target = this.target(node, cursor[node]++);
        if (target === NONE) {
          depth--;
          if (depth >= 0 && low[node] < low[path[depth]]) low[path[depth]] = low[node];
          if (low[node] !== found[node]) continue;
          const top = openTop;
          while (open[--openTop] !== node) found[open[openTop]] = OUTSIDE;
          found[node] = OUTSIDE;
          if (top - openTop > 1) parts.push(open.slice(openTop, top));
        } else if (found[target] === 0) {
          path[++depth] = open[openTop++] = target;
          found[target] = low[target] = ++time;
        } else if (found[target] > 0 && found[target] < low[node]) {
          low[node] = found[target];
        }
      }
    }
    return parts;
  }

  /** The `at`-th node that a node leads to, or NONE after the last. A target outside stands for one that leads nowhere. */
  private target(node: number, at: number): number {
    const { graph, nodes, transactions, order } = this;
    if (node >= nodes) {
      const i = node - nodes;
      if (at === 0) return i;
      return at === 1 && i + 1 < transactions ? node + 1 : NONE;
    }
    const start = graph.offsets[node];
    const degree = graph.offsets[node + 1] - start;
    if (at < degree) return graph.targets[start + at] >>> 2;
    if (at > degree || node >= transactions) return NONE;
    if (order === 'realtime') return this.time.next[node] < transactions ? nodes + this.time.next[node] : NONE;
    return order === 'process' ? this.time.successor[node] : NONE;
  }
}
