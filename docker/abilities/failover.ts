import type { Failover } from '../cluster.js';
import type { ClusterNode, FailoverAbility, ProcessAbility } from '../system.js';

/** A failover by hand, with the addresses the nodes have now. */
export function failoverAbility(
  nodes: () => readonly ClusterNode[],
  processes: ProcessAbility,
  failover: Failover,
): FailoverAbility {
  const nodeOf = (name: string) => {
    const node = nodes().find((candidate) => candidate.name === name);
    if (!node) throw new RangeError(`no node ${name} in this cluster`);
    return node;
  };
  return {
    async promote(name) {
      const others = nodes().filter((node) => node.name !== name);
      await failover.promote(nodeOf(name), others, processes);
    },
    follow: async (name) => failover.follow(nodeOf(name), processes),
  };
}
