import { REALTIME, TICK, type LocalGraph } from './component.js';
import { PASS, RW } from './graph.js';
import { layered } from './layers.js';
import { byComponent, components } from './tarjan.js';

/** An edge from which a cycle may be searched. */
export interface Candidate {
  readonly source: number;
  readonly edge: number;
}

export function edgesWhere(graph: LocalGraph, wanted: (source: number, edge: number) => boolean): Candidate[] {
  const candidates: Candidate[] = [];
  for (let source = 0; source < graph.nodes; source++) {
    for (let edge = graph.offsets[source]; edge < graph.offsets[source + 1]; edge++) {
      if (wanted(source, edge)) candidates.push({ source, edge });
    }
  }
  return candidates;
}

/** The rw edges that lie on a closed walk without two rw edges in a row. None: snapshot isolation holds. */
export function withinLayers(graph: LocalGraph, dependencies: number): Candidate[] {
  const { of } = layered(graph, dependencies);
  return edgesWhere(
    graph,
    (source, edge) => graph.relations[edge] === RW && of[source * 2] === of[graph.targets[edge] * 2 + 1],
  );
}

/**
 * Those rw edges a → b for which some x that depends on b completed before some y was invoked on which a depends: b, x, y, a
 * is then a cycle through time once. Exact and linear: only the earliest such completion and the latest such invocation
 * count.
 */
export function acrossTime(graph: LocalGraph, dependencies: number, candidates: readonly Candidate[]): Candidate[] {
  const data = dependencies & ~((1 << REALTIME) | (1 << TICK));
  const { count, of } = components(graph, data | (1 << PASS));
  const members = byComponent(of, count);
  // By component: the first tick that follows something after it, and the last tick that something before it hangs on.
  const earliest = new Int32Array(count).fill(graph.nodes);
  const latest = new Int32Array(count).fill(-1);
  for (let node = 0; node < graph.nodes; node++) {
    for (let edge = graph.offsets[node]; edge < graph.offsets[node + 1]; edge++) {
      const target = graph.targets[edge];
      if (graph.relations[edge] === REALTIME) earliest[of[node]] = Math.min(earliest[of[node]], target);
      else if (graph.relations[edge] === TICK && graph.transactions[target] >= 0) {
        latest[of[target]] = Math.max(latest[of[target]], node);
      }
    }
  }
  const follow = (component: number, visit: (from: number, to: number) => void) => {
    for (let i = members.starts[component]; i < members.starts[component + 1]; i++) {
      const node = members.nodes[i];
      for (let edge = graph.offsets[node]; edge < graph.offsets[node + 1]; edge++) {
        if ((1 << graph.relations[edge]) & (data | (1 << PASS))) visit(component, of[graph.targets[edge]]);
      }
    }
  };
  // Edges lead to smaller components: completions are gathered upwards, invocations handed downwards.
  for (let component = 0; component < count; component++) {
    follow(component, (from, to) => (earliest[from] = Math.min(earliest[from], earliest[to])));
  }
  for (let component = count - 1; component >= 0; component--) {
    follow(component, (from, to) => (latest[to] = Math.max(latest[to], latest[from])));
  }
  return candidates.filter(({ source, edge }) => earliest[of[graph.targets[edge]]] <= latest[of[source]]);
}
