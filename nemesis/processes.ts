import type { Cluster, ProcessAbility } from '../docker/system.js';
import { z } from 'zod';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { ofEachNode } from './active-fault.js';
import { onEach, type Bounds } from './bounded.js';
import { runningEvidence } from './evidence.js';

/** Of nemeses that act on processes. */
export const processOptions = z.strictObject({
  process: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('only processes of this name, or these: the database and not its supervisor; by default all'),
});

/** The names that a request is narrowed to. */
export function namesIn(request: FaultRequest): readonly string[] | undefined {
  const { process } = processOptions.parse(request.options ?? {});
  return process === undefined ? undefined : [process].flat();
}

/** The cluster's processes, or those with one of these names, as if there were no others. */
export function processesOf(cluster: Cluster, nemesis: string, only?: readonly string[]): ProcessAbility {
  const all = abilityOf(cluster, 'processes', nemesis);
  if (only === undefined) return all;
  return {
    ...all,
    status: (node) => all.status(node, only),
    signal: (node, signal) => all.signal(node, signal, only),
  };
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
