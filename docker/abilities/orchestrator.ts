import type { Moves } from '../cluster.js';
import type { Pod } from '../engine/pods.js';
import type { Site } from '../site.js';
import type { ClusterNode, OrchestratorAbility } from '../system.js';
import type { PodNetwork } from './network.js';
import type { PodWork } from './work.js';

/** The pods of a cluster, which moves and changes of membership make anew. */
export interface PodSet {
  readonly site: Site;
  readonly network: PodNetwork;
  readonly work: PodWork;
  pod(node: string): Pod;
  /** All nodes but one, with their addresses. */
  others(node: string): readonly ClusterNode[];
  /** Ends a pod for good. Its database container stays, with its logs; idempotent. */
  end(pod: Pod): Promise<void>;
  /** From now on this pod is the node. */
  put(pod: Pod): void;
  /** The node is none of the cluster any more. */
  drop(node: string): void;
}

/** Pods made again elsewhere, the way the product wants to be told of it. */
export function orchestratorAbility(pods: PodSet, moves: Moves): OrchestratorAbility {
  const { site, network } = pods;
  return {
    async reschedule(name, volume) {
      const old = pods.pod(name);
      await pods.end(old);
      const node = { name, address: site.newAddress() };
      const procedure = volume === 'kept' ? 'relocated' : 'rejoining';
      const start = await moves[procedure](node, pods.others(name));
      const data = volume === 'kept' ? old.volume : (await site.newVolumes([name])).get(name)!;
      const pod = await site.makePod(node, start, data);
      pods.put(pod);
      await network.moved(name, old.address);
      return { from: old.address, to: pod.address, volumes: { from: old.volume, to: pod.volume } };
    },
  };
}
