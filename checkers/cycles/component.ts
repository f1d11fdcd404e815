import { NONE } from '../../harness/history/history.js';
import { Int32Buffer, Uint8Buffer } from '../../harness/history/micro-operations/buffers.js';
import { PASS, RW, WR, WW, type DependencyGraph } from './graph.js';
import type { Order, TimeOrder } from './realtime.js';
import { bigComponents } from './big-components.js';

/** Relations as bits of a mask. */
export const WW_BIT = 1 << WW;
export const WR_BIT = 1 << WR;
export const RW_BIT = 1 << RW;
export const PASS_BIT = 1 << PASS;
/** A transaction to the next of its process. */
export const PROCESS = 4;
export const PROCESS_BIT = 1 << PROCESS;
/** A transaction to the first tick after its completion. */
export const REALTIME = 5;
/** A tick to the next tick, or to the transaction invoked at it. */
export const TICK = 6;
export const REALTIME_BITS = (1 << REALTIME) | (1 << TICK);

/**
 * A part of the whole graph with every edge spelled out, small nodes numbered from 0. Between two transactions only the
 * relation that explains most is kept (ww before wr before rw): a cycle is as bad as its worst reading.
 */
export interface LocalGraph {
  readonly nodes: number;
  /** By local node: the transaction it is, or -1 for helpers and ticks. */
  readonly transactions: Int32Array;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  readonly relations: Uint8Array;
}

/** The strongly connected parts among `rest` (numbered as by `unpeeled`), each as a graph of its own, smallest first. */
export function stronglyConnected(
  graph: DependencyGraph,
  time: TimeOrder,
  order: Order,
  rest: Int32Array,
): LocalGraph[] {
  const parts = bigComponents(graph, time, order, rest).sort((a, b) => a.length - b.length);
  const local = new Int32Array(graph.nodes + graph.transactions).fill(NONE);
  return parts.map((members) => {
    const part = extract(graph, time, order, members.sort(), local);
    for (const node of members) local[node] = NONE;
    return part;
  });
}

/** The subgraph on `nodes`, ascending. `local` is all NONE, and scratch. */
function extract(
  graph: DependencyGraph,
  time: TimeOrder,
  order: Order,
  nodes: Int32Array,
  local: Int32Array,
): LocalGraph {
  for (let i = 0; i < nodes.length; i++) local[nodes[i]] = i;
  const edges = new LocalEdges(nodes.length);
  for (const node of nodes) {
    edges.begin();
    if (node >= graph.nodes) {
      const i = node - graph.nodes;
      if (i + 1 < graph.transactions) edges.add(local[node + 1], TICK);
      edges.add(local[i], TICK);
      continue;
    }
    for (let edge = graph.offsets[node]; edge < graph.offsets[node + 1]; edge++) {
      edges.add(local[graph.targets[edge] >>> 2], graph.targets[edge] & 3);
    }
    if (node >= graph.transactions) continue;
    if (order === 'process' && time.successor[node] !== NONE) edges.add(local[time.successor[node]], PROCESS);
    if (order === 'realtime' && time.next[node] < graph.transactions) {
      edges.add(local[graph.nodes + time.next[node]], REALTIME);
    }
  }
  const transactions = Int32Array.from(nodes, (node) => (node < graph.transactions ? node : -1));
  return edges.finish(transactions);
}

/** Rows of edges, node after node, each target once with its smallest relation. */
class LocalEdges {
  private readonly offsets = new Int32Buffer();
  private readonly targets = new Int32Buffer();
  private readonly relations = new Uint8Buffer();
  /** By target: 1 + its edge in the current row. */
  private readonly seen: Int32Array;

  constructor(nodes: number) {
    this.seen = new Int32Array(nodes);
  }

  begin(): void {
    this.offsets.push(this.targets.length);
  }

  add(target: number, relation: number): void {
    if (target === NONE) return;
    const rowStart = this.offsets.data[this.offsets.length - 1];
    const edge = this.seen[target] - 1;
    // Process order stands beside data: it belongs to levels that the data dependency may not belong to.
    if (edge >= rowStart && relation !== PROCESS) {
      if (relation < this.relations.data[edge]) this.relations.data[edge] = relation;
      return;
    }
    this.seen[target] = this.targets.length + 1;
    this.targets.push(target);
    this.relations.push(relation);
  }

  finish(transactions: Int32Array): LocalGraph {
    this.offsets.push(this.targets.length);
    return {
      nodes: transactions.length,
      transactions,
      offsets: this.offsets.view(),
      targets: this.targets.view(),
      relations: this.relations.view(),
    };
  }
}
