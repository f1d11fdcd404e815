import type { Members } from '../cluster.js';
import type { ClusterNode, MembershipAbility } from '../system.js';
import type { PodSet } from './orchestrator.js';

/** Members that come and go, by the product's own commands; the pods follow. */
export function membershipAbility(
  pods: PodSet,
  members: Members,
  nodes: () => readonly ClusterNode[],
): MembershipAbility {
  const { site } = pods;
  return {
    members: () => members.list(nodes()),
    async remove(name) {
      const pod = pods.pod(name);
      await members.remove({ name, address: pod.address }, pods.others(name));
      await pods.end(pod);
      pods.drop(name);
      await pods.network.moved(name, pod.address);
    },
    async add(name) {
      const node = { name, address: site.newAddress() };
      const start = await members.joining(node, pods.others(name));
      const volumes = await site.newVolumes([name]);
      pods.put(await site.makePod(node, start, volumes.get(name)!));
    },
  };
}
