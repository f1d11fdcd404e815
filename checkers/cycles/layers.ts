import type { LocalGraph } from './component.js';
import { PASS, RW } from './graph.js';
import { components, type Components } from './tarjan.js';

/**
 * Strongly connected components of the two-layer graph of snapshot isolation. Node 2v is v entered by a dependency, node
 * 2v + 1 is v entered by an rw edge, from which no rw edge leads on. Its cycles are exactly the cycles without two rw edges
 * in a row, and its size is linear, where composing dependencies with rw edges can be quadratic.
 */
export function layered(graph: LocalGraph, dependencies: number): Components {
  const { nodes, offsets, targets, relations } = graph;
  const doubled = new Int32Array(nodes * 2 + 1);
  const to = new Int32Array(targets.length * 2);
  let count = 0;
  for (let node = 0; node < nodes; node++) {
    for (const layer of [0, 1]) {
      doubled[node * 2 + layer] = count;
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
        const relation = relations[edge];
        if (relation === RW) {
          if (layer === 0) to[count++] = targets[edge] * 2 + 1;
        } else if (relation === PASS) {
          to[count++] = targets[edge] * 2 + layer;
        } else if ((1 << relation) & dependencies) {
          to[count++] = targets[edge] * 2;
        }
      }
    }
  }
  doubled[nodes * 2] = count;
  const any = new Uint8Array(count);
  return components({ nodes: nodes * 2, offsets: doubled, targets: to.subarray(0, count), relations: any }, ~0);
}
