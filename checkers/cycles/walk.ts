import type { Limits } from './limits.js';
import type { LocalGraph } from './component.js';
import { PASS, RW, WR } from './graph.js';
import { PROCESS, REALTIME } from './component.js';
import type { TimeOrder } from './realtime.js';

/** One step of a cycle: between transactions, helpers and ticks left out. */
export interface Step {
  readonly from: number;
  readonly to: number;
  /** WW, WR, RW, PROCESS or REALTIME. */
  readonly relation: number;
}

/** A cycle of transactions (numbers of the whole history), named by what it is made of. */
export interface Cycle {
  readonly kind: string;
  readonly steps: readonly Step[];
}

/**
 * Shortest walks in a {@link LocalGraph}, where only transactions count as distance. Nodes may be visited in two states:
 * entered by a read-write dependency or not, so that walks without two of them in a row can be asked for.
 */
export class Walker {
  /** Edges looked at so far; callers bound their work by it. */
  steps = 0;
  private readonly stamp: Int32Array;
  private readonly parent: Int32Array;
  private readonly parentEdge: Int32Array;
  private current: number[] = [];
  private following: number[] = [];
  private round = 0;

  constructor(
    private readonly graph: LocalGraph,
    private readonly limits: Limits,
  ) {
    this.stamp = new Int32Array(graph.nodes * 2);
    this.parent = new Int32Array(graph.nodes * 2);
    this.parentEdge = new Int32Array(graph.nodes * 2);
  }

  /**
   * Edges of a shortest closed walk that begins with `first` (an edge of `source`) and goes on by relations in `mask`
   * inside `within[node] === within[source]`, with fewer than `limit` transactions; undefined if there is none.
   */
  closing(source: number, first: number, mask: number, within: Int32Array, limit: number): number[] | undefined {
    return this.search(source, first, mask, within, limit, false);
  }

  /** The same without two read-write dependencies in a row, also not from the last edge to the first. */
  closingApart(source: number, first: number, mask: number, within: Int32Array, limit: number): number[] | undefined {
    return this.search(source, first, mask, within, limit, true);
  }

  /** States: node * 2 + (1 if entered by rw, when `apart`). */
  private search(
    source: number,
    first: number,
    mask: number,
    within: Int32Array,
    limit: number,
    apart: boolean,
  ): number[] | undefined {
    const { targets, transactions, offsets, relations } = this.graph;
    const goal = source * 2;
    this.round++;
    this.current.length = this.following.length = 0;
    const start = targets[first] * 2 + (apart && relations[first] === RW ? 1 : 0);
    this.stamp[start] = this.round;
    this.parent[start] = -1;
    this.parentEdge[start] = first;
    this.current.push(start);
    for (let distance = transactions[targets[first]] < 0 ? 1 : 2; distance <= limit; distance++) {
      while (this.current.length > 0) {
        this.limits.tick('looking for the shortest cycle');
        const state = this.current.pop()!;
        const node = state >> 1;
        const entered = state & 1;
        for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
          this.steps++;
          const relation = relations[edge];
          if (!((1 << relation) & mask) || (entered === 1 && relation === RW)) continue;
          const target = targets[edge];
          if (within[target] !== within[source]) continue;
          const byRw = apart && (relation === RW || (relation === PASS && entered === 1)) ? 1 : 0;
          const next = target * 2 + byRw;
          if (next === goal) return this.trace(state, edge);
          if (this.stamp[next] === this.round) continue;
          this.stamp[next] = this.round;
          this.parent[next] = state;
          this.parentEdge[next] = edge;
          if (transactions[target] < 0) this.current.push(next);
          else this.following.push(next);
        }
      }
      if (this.following.length === 0) return undefined;
      [this.current, this.following] = [this.following, this.current];
    }
    return undefined;
  }

  private trace(last: number, lastEdge: number): number[] {
    const edges = [lastEdge];
    for (let state = last; state >= 0; state = this.parent[state]) edges.push(this.parentEdge[state]);
    return edges.reverse();
  }
}

/** Simple cycles of transactions that a closed walk consists of, each named. `source` is where its first edge begins. */
export function simpleCycles(graph: LocalGraph, source: number, edges: readonly number[]): Cycle[] {
  const cycles: Cycle[] = [];
  const path: Step[] = [];
  let from = graph.transactions[source];
  let relation = -1;
  for (const edge of edges) {
    if (relation < 0) relation = graph.relations[edge];
    const to = graph.transactions[graph.targets[edge]];
    if (to < 0) continue;
    path.push({ from, to, relation });
    relation = -1;
    from = to;
    const start = path.findIndex((step) => step.from === to);
    if (start >= 0) {
      const steps = path.splice(start);
      cycles.push({ kind: kindOf(steps), steps });
    }
  }
  return cycles;
}

/**
 * The same cycle with at most one step through time. Of two such steps, a before b and c before d, always a before d or
 * c before b, so one half of the cycle closes by itself; where both do, the half with rw edges is the one asked for.
 */
export function throughTimeOnce(cycle: Cycle, { next }: TimeOrder): Cycle {
  let steps = cycle.steps;
  for (;;) {
    const [i, j] = [...steps.keys()].filter((at) => steps[at].relation === REALTIME);
    if (j === undefined) return steps === cycle.steps ? cycle : { kind: kindOf(steps), steps };
    const halves = [
      { from: steps[i].from, to: steps[j].to, rest: [...steps.slice(j + 1), ...steps.slice(0, i)] },
      { from: steps[j].from, to: steps[i].to, rest: steps.slice(i + 1, j) },
    ].filter(({ from, to }) => to >= next[from]);
    const weight = ({ rest }: { readonly rest: readonly Step[] }) =>
      (rest.some(({ relation }) => relation === RW) ? 0 : steps.length) + rest.length;
    const [{ from, to, rest }] = halves.sort((a, b) => weight(a) - weight(b));
    steps = [...rest, { from, to, relation: REALTIME }];
  }
}

/** Adya's and Elle's name for a cycle. */
export function kindOf(steps: readonly Step[]): string {
  const has = (relation: number) => steps.some((step) => step.relation === relation);
  const suffix = has(REALTIME) ? '-realtime' : has(PROCESS) ? '-process' : '';
  const readWrites = steps.filter((step) => step.relation === RW).length;
  const adjacent = steps.some((step, i) => step.relation === RW && steps[(i + 1) % steps.length].relation === RW);
  if (readWrites === 1) return `G-single-item${suffix}`;
  if (readWrites > 1) return `${adjacent ? 'G2-item' : 'G-nonadjacent-item'}${suffix}`;
  return `${has(WR) ? 'G1c' : 'G0'}${suffix}`;
}
