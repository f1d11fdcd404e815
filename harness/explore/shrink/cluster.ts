import type { ScheduledFault } from '../../run/plan.js';
import type { Pass, Shrinking } from './shrinking.js';

/** Only the workload that failed. */
export const oneWorkload: Pass = async (shrinking) => {
  const { workloads, operations } = shrinking.plan;
  const wanted = workloads.filter(({ name }) => name === shrinking.signature.workload);
  if (operations !== undefined || wanted.length === 0 || wanted.length === workloads.length) return;
  await shrinking.try({ workloads: wanted });
};

/** Fewer nodes, as few as the system and the faults make sense on. */
export const fewerNodes: Pass = async (shrinking) => {
  const { system } = shrinking;
  for (let nodes = system.nodes.min; nodes < shrinking.plan.system.nodes; nodes++) {
    const schedule = shrinking.plan.schedule.map((fault) => on(nodes, fault));
    if (!schedule.every((fault) => makesSense(fault, nodes, shrinking))) continue;
    if (await shrinking.try({ schedule, system: { ...shrinking.plan.system, nodes } })) return;
  }
};

/** The fault with the nodes that are left. */
function on(nodes: number, fault: ScheduledFault): ScheduledFault {
  const names = new Set(Array.from({ length: nodes }, (_, at) => `n${at + 1}`));
  return { ...fault, request: { ...fault.request, order: fault.request.order.filter((name) => names.has(name)) } };
}

function makesSense({ request }: ScheduledFault, nodes: number, { system, nemeses }: Shrinking): boolean {
  const nemesis = nemeses.find(({ name }) => name === request.kind);
  if (nemesis === undefined || nemesis.minNodes > nodes || request.order.length !== nodes) return false;
  const terrain = { system: system.name, abilities: system.abilities, nodes };
  return (nemesis.targetsFor?.(terrain) ?? nemesis.targets).includes(request.target);
}
