import { NONE } from '../../harness/history/history.js';
import type { Edges, VersionOrder } from './version-order.js';

/** Versions from which a shortest cycle is looked for. */
const MAX_STARTS = 8;

/** One step of a cycle between versions; hubs are folded away. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly label: number;
  readonly first: number;
  readonly second: number;
}

/**
 * Whether edges with these labels put some versions both before and after each other, and if so a short cycle: the
 * shortest through one of the first {@link MAX_STARTS} versions of the first component that has two.
 */
export function findCycle(order: VersionOrder, versions: number, labels: number): readonly Step[] | undefined {
  const graph = new Graph(order.nodes, order.edges, labels);
  const component = graph.components();
  const members = new Map<number, number[]>();
  let contradictory: number[] | undefined;
  for (let version = 0; version < versions && contradictory === undefined; version++) {
    const own = members.get(component[version]);
    if (own === undefined) members.set(component[version], [version]);
    else contradictory = own;
    own?.push(version);
  }
  if (contradictory === undefined) return undefined;
  const inside = component[contradictory[0]];
  const starts: number[] = [];
  for (let version = 0; version < versions && starts.length < MAX_STARTS; version++) {
    if (component[version] === inside) starts.push(version);
  }
  return shortest(graph, starts, versions, (node) => component[node] === inside);
}

function shortest(
  graph: Graph,
  starts: readonly number[],
  versions: number,
  inside: (node: number) => boolean,
): readonly Step[] {
  let best: readonly Step[] = [];
  for (const start of starts) {
    const cycle = fold(graph.edges, graph.cycleThrough(start, versions, inside), versions);
    if (best.length === 0 || cycle.length < best.length) best = cycle;
    if (best.length === 2) break;
  }
  return best;
}

/** Joins the edges between two versions that lead through hubs. */
function fold(edges: Edges, cycle: readonly number[], versions: number): readonly Step[] {
  const steps: Step[] = [];
  let begin: number | undefined;
  for (const edge of cycle) {
    begin ??= edge;
    if (edges.to[edge] >= versions) continue;
    const [from, to] = [edges.from[begin], edges.to[edge]];
    const step = { from, to, label: edges.label[edge], first: edges.first[begin], second: edges.second[edge] };
    if (from !== to) steps.push(step);
    begin = undefined;
  }
  return steps;
}

/** Edges with the wanted labels, by their beginning. */
class Graph {
  private readonly offsets: Int32Array;
  private readonly targets: Int32Array;
  private readonly via: Int32Array;

  constructor(
    private readonly nodes: number,
    readonly edges: Edges,
    labels: number,
  ) {
    const { from, to, label, length } = edges;
    this.offsets = new Int32Array(nodes + 1);
    for (let edge = 0; edge < length; edge++) if ((label[edge] & labels) !== 0) this.offsets[from[edge] + 1]++;
    for (let node = 0; node < nodes; node++) this.offsets[node + 1] += this.offsets[node];
    this.targets = new Int32Array(this.offsets[nodes]);
    this.via = new Int32Array(this.offsets[nodes]);
    const next = this.offsets.slice();
    for (let edge = 0; edge < length; edge++) {
      if ((label[edge] & labels) === 0) continue;
      this.targets[next[from[edge]]] = to[edge];
      this.via[next[from[edge]]++] = edge;
    }
  }

  /** Strongly connected components (Tarjan 1972, with explicit stacks), a number for each node. */
  components(): Int32Array {
    const { nodes, offsets, targets } = this;
    const component = new Int32Array(nodes).fill(NONE);
    const low = new Int32Array(nodes);
    const order = new Int32Array(nodes);
    const cursor = offsets.slice(0, nodes);
    const stack: number[] = [];
    const path: number[] = [];
    let visited = 0;
    let found = 0;
    for (let root = 0; root < nodes; root++) {
      if (order[root] !== 0) continue;
      path.push(root);
      while (path.length > 0) {
        const node = path[path.length - 1];
        if (order[node] === 0) {
          order[node] = low[node] = ++visited;
          stack.push(node);
        }
        if (cursor[node] < offsets[node + 1]) {
          const target = targets[cursor[node]++];
          if (order[target] === 0) path.push(target);
          else if (component[target] === NONE) low[node] = Math.min(low[node], order[target]);
          continue;
        }
        path.pop();
        if (path.length > 0) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[node]);
        if (low[node] !== order[node]) continue;
        for (let member = stack.pop()!; ; member = stack.pop()!) {
          component[member] = found;
          if (member === node) break;
        }
        found++;
      }
    }
    return component;
  }

  /**
   * A shortest cycle through `start` and at least one more version, as edges. Breadth first over nodes in two layers: a
   * walk enters the upper one with its first other version, and may come home only there.
   */
  cycleThrough(start: number, versions: number, inside: (node: number) => boolean): readonly number[] {
    const { nodes, offsets, targets, via } = this;
    const reachedBy = new Int32Array(nodes * 2).fill(NONE);
    const cameFrom = new Int32Array(nodes * 2).fill(NONE);
    const home = nodes + start;
    const queue = [start];
    for (let head = 0; head < queue.length && reachedBy[home] === NONE; head++) {
      const state = queue[head];
      const node = state % nodes;
      for (let at = offsets[node]; at < offsets[node + 1]; at++) {
        const target = targets[at];
        const upper = state >= nodes || (target < versions && target !== start);
        const reached = upper ? nodes + target : target;
        if (reached === start || reachedBy[reached] !== NONE || !inside(target)) continue;
        reachedBy[reached] = via[at];
        cameFrom[reached] = state;
        queue.push(reached);
      }
    }
    const cycle: number[] = [];
    for (let state = home; state !== start && state !== NONE; state = cameFrom[state]) cycle.push(reachedBy[state]);
    return cycle.reverse();
  }
}
