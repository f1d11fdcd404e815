export type Edge = readonly [from: number, to: number];

/** Whether edges among nodes 0 … nodes - 1 form a circle: nodes without predecessors are taken away until none is left. */
export function cyclic(nodes: number, edges: readonly Edge[]): boolean {
  const next = successors(nodes, edges);
  const indegree = new Int32Array(nodes);
  for (const [, to] of edges) indegree[to]++;
  const free = [...indegree.keys()].filter((node) => indegree[node] === 0);
  for (const node of free) for (const to of next[node]) if (--indegree[to] === 0) free.push(to);
  return free.length < nodes;
}

/** Whether one of `last` leads from a node that can be reached to where one started, over one or more of `edges`. */
export function closes(nodes: number, edges: readonly Edge[], last: readonly Edge[]): boolean {
  const next = successors(nodes, edges);
  return last.some(([from, to]) => {
    const reached = new Set<number>();
    const queue = [...next[to]];
    for (const node of queue) {
      if (node === from) return true;
      if (reached.has(node)) continue;
      reached.add(node);
      queue.push(...next[node]);
    }
    return false;
  });
}

function successors(nodes: number, edges: readonly Edge[]): number[][] {
  const next: number[][] = Array.from({ length: nodes }, () => []);
  for (const [from, to] of edges) next[from].push(to);
  return next;
}
