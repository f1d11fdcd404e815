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
import { layered } from './layers.js';
import type { Order, TimeOrder } from './realtime.js';
import { components, type Components } from './tarjan.js';
import { simpleCycles, Walker, type Cycle } from './walk.js';

const EXTRA: Readonly<Record<Order, number>> = { data: 0, process: PROCESS_BIT, realtime: REALTIME_BITS };
/** Edges spent on shortening a cycle of which one is already known. */
const SHORTENING = 2_000_000;
/** Edges spent on naive searches for a first cycle before the bit-parallel proof takes over. */
const FIRST_TRY = 5_000_000;

/**
 * Cycles of every kind in every strongly connected component, one each: the shortest found. Kinds that another kind of
 * the same component implies are left out. Empty means proven absence.
 */
export function findCycles(graph: DependencyGraph, time: TimeOrder, order: Order, limits: Limits): Cycle[] {
  limits.look('looking for cycles');
  const rest = unpeeled(graph, time, order);
  limits.look('looking for cycles');
  if (rest.length === 0) return [];
  return stronglyConnected(graph, time, order, rest).flatMap((component) => classify(component, order, limits));
}

/** The kinds of cycle in one strongly connected component, worst first. */
export function classify(graph: LocalGraph, order: Order, limits: Limits): readonly Cycle[] {
  const search = new ComponentSearch(graph, limits);
  search.level(0);
  if (order !== 'data') search.level(EXTRA[order]);
  return search.found;
}

/**
 * One component, level after level. What a level forbids is searched only where no stronger kind is known, and that makes
 * each search simple: once no cycle of ww edges exists, any cycle of ww and wr edges is a G1c; once none has a single rw
 * edge, any without neighbouring rw edges is a G-nonadjacent; and so on for the process and realtime variants.
 */
class ComponentSearch {
  readonly found: Cycle[] = [];
  private readonly walker: Walker;

  constructor(
    private readonly graph: LocalGraph,
    private readonly limits: Limits,
  ) {
    this.walker = new Walker(graph, limits);
  }

  level(extra: number): void {
    const suffix = extra === 0 ? '' : extra === PROCESS_BIT ? '-process' : '-realtime';
    const writes = WW_BIT | extra;
    const dependencies = WW_BIT | WR_BIT | extra;
    const all = dependencies | RW_BIT | PASS_BIT;
    if (!this.known(`G0${suffix}`)) this.shortest(WW, writes, components(this.graph, writes));
    if (!this.known(`G1c${suffix}`)) this.shortest(WR, dependencies, components(this.graph, dependencies));
    if (!this.known(`G-single-item${suffix}`)) this.antiDependencies(dependencies | PASS_BIT);
    if (!this.known(`G2-item${suffix}`)) this.shortest(RW, all, components(this.graph, all));
  }

  /** Whether a kind was found or is implied by one that was. */
  private known(kind: string): boolean {
    return this.found.some((cycle) => implies(cycle.kind, kind));
  }

  /** A shortest cycle through an edge of `relation` inside a component of `mask`. */
  private shortest(relation: number, mask: number, { of }: Components): void {
    const { graph, walker } = this;
    let best: number[] | undefined;
    let bestSource = -1;
    const enough = walker.steps + SHORTENING;
    for (let source = 0; source < graph.nodes; source++) {
      for (let edge = graph.offsets[source]; edge < graph.offsets[source + 1]; edge++) {
        if (graph.relations[edge] !== relation || of[graph.targets[edge]] !== of[source]) continue;
        const limit = best ? this.size(best) - 1 : graph.nodes + 1;
        const walk = walker.closing(source, edge, mask, of, limit);
        if (walk) [best, bestSource] = [walk, source];
        if (best && (this.size(best) <= 2 || walker.steps > enough)) return this.add(bestSource, best);
      }
    }
    if (best) this.add(bestSource, best);
  }

  /** G-single, or else G-nonadjacent: cycles without two rw edges in a row, decided by the layered graph. */
  private antiDependencies(dependencies: number): void {
    const { graph } = this;
    const { of } = layered(graph, dependencies);
    const candidates: number[] = [];
    const sources: number[] = [];
    for (let source = 0; source < graph.nodes; source++) {
      for (let edge = graph.offsets[source]; edge < graph.offsets[source + 1]; edge++) {
        if (graph.relations[edge] !== RW || of[source * 2] !== of[graph.targets[edge] * 2 + 1]) continue;
        candidates.push(edge);
        sources.push(source);
      }
    }
    if (candidates.length === 0) return;
    if (this.single(candidates, sources, dependencies)) return;
    const everywhere = new Int32Array(graph.nodes);
    let best: number[] | undefined;
    let bestSource = -1;
    const enough = this.walker.steps + SHORTENING;
    for (let i = 0; i < candidates.length; i++) {
      const limit = best ? this.size(best) - 1 : 2 * graph.nodes + 1;
      const walk = this.walker.closingApart(sources[i], candidates[i], dependencies | RW_BIT, everywhere, limit);
      if (walk) [best, bestSource] = [walk, sources[i]];
      if (best && this.walker.steps > enough) break;
    }
    if (best) this.add(bestSource, best);
  }

  /** A shortest cycle with exactly one rw edge, if there is one. */
  private single(candidates: readonly number[], sources: readonly number[], dependencies: number): boolean {
    const { graph, walker } = this;
    const everywhere = new Int32Array(graph.nodes);
    let best: number[] | undefined;
    let bestSource = -1;
    let promising: readonly number[] = candidates.map((_, i) => i);
    const proofAt = walker.steps + FIRST_TRY;
    let proven = false;
    let enough = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < promising.length; turn++) {
      if (!best && !proven && walker.steps > proofAt) {
        const left = promising.slice(turn);
        promising = withPath(graph, dependencies, this.limits, left, (i) => [graph.targets[candidates[i]], sources[i]]);
        proven = true;
        turn = -1;
        continue;
      }
      const i = promising[turn];
      const limit = best ? this.size(best) - 1 : graph.nodes + 1;
      const walk = walker.closing(sources[i], candidates[i], dependencies, everywhere, limit);
      if (walk) {
        if (!best) enough = walker.steps + SHORTENING;
        [best, bestSource] = [walk, sources[i]];
      }
      if (best && (this.size(best) <= 2 || walker.steps > enough)) break;
    }
    if (!best) return false;
    this.add(bestSource, best);
    return true;
  }

  private size(edges: readonly number[]): number {
    let transactions = 0;
    for (const edge of edges) if (this.graph.transactions[this.graph.targets[edge]] >= 0) transactions++;
    return transactions;
  }

  /** A walk that passes a transaction twice falls apart into simple cycles, at least one of which is as bad. */
  private add(source: number, walk: readonly number[]): void {
    for (const cycle of simpleCycles(this.graph, source, walk)) if (!this.known(cycle.kind)) this.found.push(cycle);
  }
}
