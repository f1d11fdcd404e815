import type { MembershipAbility, OrchestratorAbility } from '../../../docker/system.js';
import type { Node } from '../server/node.js';
import { type Ground, nodeOf, start } from './ground.js';

/** An administrator asks again so often, and gives up after so long. */
const ASK_NS = 20e6;
const PATIENCE_NS = 60e9;

/** Growing and shrinking by entries of the log. */
export function membershipOf(ground: Ground): MembershipAbility {
  return {
    members: async () => {
      const leader = await leaderOf(ground);
      return leader.raft.log.members.map((id) => ground.names[id]).sort();
    },
    remove: async (name) => {
      const node = nodeOf(ground, name);
      await reconfigure(ground, node, 'none');
      stop(ground, node);
      node.raft.wipe();
      ground.list(node, 'unlisted');
    },
    add: async (name) => {
      const node = ground.names.includes(name) ? nodeOf(ground, name) : ground.provide(name);
      await start(ground, node);
      ground.list(node, 'listed');
      await reconfigure(ground, node, 'member');
    },
  };
}

export function orchestratorOf(ground: Ground): OrchestratorAbility {
  return {
    reschedule: async (name, volume) => {
      const node = nodeOf(ground, name);
      const from = { address: ground.address(node), volume: ground.volume(node) };
      stop(ground, node);
      if (volume === 'wiped') {
        // An empty node that counts as the old one could vote twice and confirm what it lost: it leaves first.
        await reconfigure(ground, node, 'none');
        node.raft.wipe();
      }
      ground.move(node, volume);
      await start(ground, node);
      if (volume === 'wiped') await reconfigure(ground, node, 'member');
      return {
        from: from.address,
        to: ground.address(node),
        volumes: { from: from.volume, to: ground.volume(node) },
      };
    },
  };
}

export function stop(ground: Ground, node: Node): void {
  node.frozen = false;
  if (node.process === 'dead') return;
  node.kill('nothing');
  ground.died(node);
}

export function leading({ nodes }: Ground): Node | undefined {
  const leaders = nodes.filter(({ runs, raft }) => runs && raft.role === 'leader');
  // One that was deposed and does not know it yet has an older term.
  return leaders.sort((a, b) => b.raft.term - a.raft.term).at(0);
}

function leaderOf(ground: Ground): Promise<Node> {
  return eventually(ground, 'nobody leads', () => leading(ground));
}

/** Has whoever leads take a node in, or out, one step after the other, until that is committed. */
async function reconfigure(ground: Ground, node: Node, wanted: 'member' | 'none'): Promise<void> {
  const step = () => leading(ground)?.raft.reconfigure(node.id, wanted) === 'done' || undefined;
  const trouble = `${ground.names[node.id]} could not be ${wanted === 'member' ? 'added' : 'removed'}`;
  await eventually(ground, trouble, step);
}

/** Looks until there is something, in the cluster's own time. */
export function eventually<T>({ world }: Ground, trouble: string, look: () => T | undefined): Promise<T> {
  const deadline = world.nowNs() + PATIENCE_NS;
  return world.answer((resolve, reject) => {
    const ask = () => {
      const found = look();
      if (found !== undefined) resolve(found);
      else if (world.nowNs() >= deadline) reject(new Error(`${trouble} within ${PATIENCE_NS / 1e9} s`));
      else world.in(ASK_NS, ask);
    };
    ask();
  });
}
