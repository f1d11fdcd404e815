import {
  PASS_BIT,
  PROCESS_BIT,
  REALTIME_BITS,
  RW_BIT,
  stronglyConnected,
  WR_BIT,
  WW_BIT,
  type LocalGraph,
} from './component.js';
import { RW, WR, WW, type DependencyGraph } from './graph.js';
import type { Limits } from './limits.js';
import { implies } from './lattice.js';
import { unpeeled } from './peel.js';
import { withPath } from './reachable.js';
import type { Clock, Order, TimeOrder } from './realtime.js';
import { acrossTime, edgesWhere, withinLayers, type Candidate } from './candidates.js';
import { components } from './tarjan.js';
import { simpleCycles, throughTimeOnce, Walker, type Cycle } from './walk.js';

const EXTRA: Readonly<Record<Order, number>> = { data: 0, process: PROCESS_BIT, realtime: REALTIME_BITS };
/** Edges spent on shortening a cycle of which one is already known. */
const SHORTENING = 1_000_000;
/** Edges spent on naive searches for a first cycle before the bit-parallel proof takes over. */
const FIRST_TRY = 5_000_000;
/**
 * Edges spent on a first cycle of a kind where success is certain, except that it may shrink to a worse kind already
 * known. Such a kind rules out no further model.
 */
const PATIENCE = 50_000_000;

/**
 * Cycles of every kind in every strongly connected component, one each: the shortest found. Kinds that another kind of
 * the same component implies are left out. Empty means proven absence.
 */
export function findCycles(graph: DependencyGraph, time: TimeOrder, clock: Clock, limits: Limits): Found {
  limits.look('looking for cycles');
  const rest = unpeeled(graph, time);
  limits.look('looking for cycles');
  if (rest.length === 0) return { realtime: [], process: [] };
  const classify = (order: Order, nodes: Int32Array) =>
    stronglyConnected(graph, time, order, nodes).flatMap((part) => new ComponentSearch(part, time, limits).run(order));
  if (clock === 'unknown') {
    const process = classify('process', withoutTicks(graph, rest));
    return { realtime: process.filter(({ kind }) => !kind.endsWith('-process')), process };
  }
  const realtime = classify('realtime', rest);
  // Process order is part of real time: where no cycle goes through time, none goes through a process.
  const timed = realtime.some(({ kind }) => kind.endsWith('-realtime'));
  return { realtime, process: timed ? classify('process', withoutTicks(graph, rest)) : [] };
}

function withoutTicks(graph: DependencyGraph, nodes: Int32Array): Int32Array {
  return nodes.filter((node) => node < graph.nodes);
}

export interface Found {
  /** Cycles of data dependencies, and with real time. */
  readonly realtime: readonly Cycle[];
  /** Cycles of data dependencies, and with process order; only when a cycle through real time exists. */
  readonly process: readonly Cycle[];
}

/**
 * One component, level after level. What a level forbids is searched only where no stronger kind is known, and that makes
 * each search simple: once no cycle of ww edges exists, any cycle of ww and wr edges is a G1c; once none has a single rw
 * edge, any without neighbouring rw edges is a G-nonadjacent; and so on for the process and realtime variants.
 */
class ComponentSearch {
  private readonly found: Cycle[] = [];
  private readonly walker: Walker;

  constructor(
    private readonly graph: LocalGraph,
    private readonly time: TimeOrder,
    private readonly limits: Limits,
  ) {
    this.walker = new Walker(graph, limits);
  }

  run(order: Order): readonly Cycle[] {
    this.level('data');
    if (order !== 'data') this.level(order);
    return this.found;
  }

  private level(order: Order): void {
    const suffix = order === 'data' ? '' : `-${order}`;
    const writes = WW_BIT | EXTRA[order];
    const dependencies = WW_BIT | WR_BIT | EXTRA[order];
    const all = dependencies | RW_BIT | PASS_BIT;
    if (!this.known(`G0${suffix}`)) this.through(WW, writes);
    if (!this.known(`G1c${suffix}`)) this.through(WR, dependencies);
    if (!this.known(`G-single-item${suffix}`)) {
      const candidates = withinLayers(this.graph, dependencies);
      const single = order === 'realtime' ? acrossTime(this.graph, dependencies, candidates) : candidates;
      this.single(single, dependencies | PASS_BIT);
      if (!this.known(`G-nonadjacent-item${suffix}`)) this.nonadjacent(candidates, dependencies | PASS_BIT);
    }
    if (!this.known(`G2-item${suffix}`)) this.through(RW, all);
  }

  /** Whether a kind was found or is implied by one that was. */
  private known(kind: string): boolean {
    return this.found.some((cycle) => implies(cycle.kind, kind));
  }

  /** A shortest cycle through an edge of `relation` inside a component of `mask`. */
  private through(relation: number, mask: number): void {
    const { graph, walker } = this;
    const { of } = components(graph, mask);
    const candidates = edgesWhere(
      graph,
      (source, edge) => graph.relations[edge] === relation && of[graph.targets[edge]] === of[source],
    );
    this.shortest(candidates, ({ source, edge }, limit) => walker.closing(source, edge, mask, of, limit));
  }

  /** A shortest cycle with exactly one rw edge, if there is one. */
  private single(candidates: readonly Candidate[], mask: number): void {
    const { graph, walker } = this;
    const everywhere = new Int32Array(graph.nodes);
    const close = ({ source, edge }: Candidate, limit: number) => walker.closing(source, edge, mask, everywhere, limit);
    const naive = this.shortest(candidates, close, FIRST_TRY);
    if (naive.found || naive.tried === candidates.length) return;
    const left = candidates.slice(naive.tried);
    this.shortest(
      withPath(graph, mask, this.limits, left, ({ source, edge }) => [graph.targets[edge], source]),
      close,
    );
  }

  /** A shortest cycle with several rw edges, no two in a row. */
  private nonadjacent(candidates: readonly Candidate[], mask: number): void {
    const everywhere = new Int32Array(this.graph.nodes);
    this.shortest(candidates, ({ source, edge }, limit) =>
      this.walker.closingApart(source, edge, mask | RW_BIT, everywhere, limit),
    );
  }

  /**
   * Tries the candidates' walks and keeps the shortest cycle of a kind not yet known, with at most `patience` edges looked
   * at before a first one. Answers whether there was one, and how many candidates were tried.
   */
  private shortest(
    candidates: readonly Candidate[],
    close: (candidate: Candidate, limit: number) => number[] | undefined,
    patience = PATIENCE,
  ): { readonly found: boolean; readonly tried: number } {
    let best: Cycle | undefined;
    let enough = this.walker.steps + patience;
    let tried = 0;
    for (const candidate of candidates) {
      if (this.walker.steps > enough || best?.steps.length === 2) break;
      tried++;
      const walk = close(candidate, best ? best.steps.length - 1 : 2 * this.graph.nodes);
      const cycle = walk && this.newest(candidate.source, walk);
      if (!cycle || (best && best.steps.length <= cycle.steps.length)) continue;
      if (!best) enough = this.walker.steps + SHORTENING;
      best = cycle;
    }
    if (best) this.found.push(best);
    return { found: best !== undefined, tried };
  }

  /** A walk that passes a transaction twice falls apart into simple cycles; of those the shortest of a kind not yet known. */
  private newest(source: number, walk: readonly number[]): Cycle | undefined {
    return simpleCycles(this.graph, source, walk)
      .map((cycle) => throughTimeOnce(cycle, this.time))
      .filter(({ kind }) => !this.known(kind))
      .sort((a, b) => a.steps.length - b.steps.length)[0];
  }
}
