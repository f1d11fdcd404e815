import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../harness/kit/errors.js';
import type { DatabasePlan, Members, Moves } from '../cluster.js';
import type { ClusterNode } from '../system.js';
import type { EtcdAdmin, EtcdMember } from './admin.js';

export const PEER_PORT = 2380;
export const peerOf = ({ address }: Pick<ClusterNode, 'address'>): string => `http://${address}:${PEER_PORT}`;

/** How a node starts that joins these members; with data of its own it goes by that. */
export type Start = (node: ClusterNode, members: readonly Peer[]) => DatabasePlan;
export type Peer = Pick<EtcdMember, 'name' | 'peerUrls'>;

/** A cluster that has just lost a member refuses another change until it has settled. */
const PATIENCE_MS = 45_000;
const PAUSE_MS = 300;

/** etcd's own procedures: a moved member is updated, a lost one removed and added again (etcd docs, runtime reconfiguration). */
export function procedures(admin: EtcdAdmin, start: Start): { readonly moves: Moves; readonly members: Members } {
  const joining = async (node: ClusterNode, others: readonly ClusterNode[]): Promise<DatabasePlan> => {
    await insist(others, async (via) => {
      const peers = (await admin.members(via)).flatMap(({ peerUrls }) => peerUrls);
      if (!peers.includes(peerOf(node))) await admin.addMember(via, peerOf(node));
    });
    // A member answers from what it has applied itself, and one that is behind does not know the newcomer yet.
    const known = await insist(others, async (via) => {
      const members = await admin.members(via);
      if (members.some(({ peerUrls }) => peerUrls.includes(peerOf(node)))) return members;
      throw new Error(`${node.name} is not among the members yet`);
    });
    return start(
      node,
      known.map((member) => (member.peerUrls.includes(peerOf(node)) ? { ...member, name: node.name } : member)),
    );
  };
  return {
    moves: {
      async relocated(node, others) {
        // Alone, it has nobody to tell.
        if (others.length > 0) {
          await insist(others, async (via) => {
            const member = (await admin.members(via)).find(({ name }) => name === node.name);
            if (member === undefined) throw new Error(`${node.name} is no member`);
            await admin.updateMember(via, member.id, peerOf(node));
          });
        }
        return start(
          node,
          [node, ...others].map((each) => ({ name: each.name, peerUrls: [peerOf(each)] })),
        );
      },
      async rejoining(node, others) {
        await insist(others, (via) => removeNamed(admin, via, node.name, others));
        return joining(node, others);
      },
    },
    members: {
      // One that was added and has not started yet has no name: it is no member that could be counted on.
      list: async (nodes) =>
        (await insist(nodes, (via) => admin.members(via))).map(({ name }) => name).filter((name) => name !== ''),
      joining,
      remove: async (node, others) => void (await insist(others, (via) => removeNamed(admin, via, node.name, others))),
    },
  };
}

/** The member of that name, and members announced earlier that never came: those without a name whose address is nobody's. */
async function removeNamed(
  admin: EtcdAdmin,
  via: ClusterNode,
  name: string,
  others: readonly ClusterNode[],
): Promise<void> {
  const addresses = others.map(peerOf);
  const gone = (member: EtcdMember) =>
    member.name === name || (member.name === '' && !member.peerUrls.some((url) => addresses.includes(url)));
  for (const { id } of (await admin.members(via)).filter(gone)) await admin.removeMember(via, id);
}

/** Asks one node after the other until one has done it. */
async function insist<T>(nodes: readonly ClusterNode[], ask: (via: ClusterNode) => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let attempt = 0; ; attempt++) {
    const via = nodes[attempt % nodes.length];
    if (via === undefined) throw new Error('no other node to ask');
    try {
      return await ask(via);
    } catch (error) {
      if (performance.now() + PAUSE_MS > deadline)
        throw new Error(`${via.name}: ${messageOf(error)}`, { cause: error });
      await sleep(PAUSE_MS);
    }
  }
}
