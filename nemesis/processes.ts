import type { Cluster, ProcessAbility } from '../docker/system.js';
import type { Evidence } from '../harness/history/faults.js';
import { ofEachNode } from './active-fault.js';
import { onEach, type Bounds } from './bounded.js';
import { runningEvidence } from './evidence.js';

export function processesOf({ abilities }: Cluster, nemesis: string): ProcessAbility {
  if (abilities.processes === undefined) throw new Error(`nemesis ${nemesis}: the cluster has no ability processes`);
  return abilities.processes;
}

/** Continues whatever is stopped, and starts what has ended meanwhile: some databases give up when they wake up late. */
export async function resume(processes: ProcessAbility, nodes: readonly string[], bounds: Bounds): Promise<void> {
  await onEach(nodes, bounds, async (node) => {
    await processes.signal(node, 'CONT');
    if ((await processes.status(node)).length === 0) await processes.start(node);
  });
}

export function allRunning(
  processes: ProcessAbility,
  nodes: readonly string[],
  bounds: Bounds,
): Promise<readonly Evidence[]> {
  return ofEachNode(nodes, bounds, async (node) => [runningEvidence(node, await processes.status(node))]);
}
