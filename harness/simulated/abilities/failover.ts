import type { FailoverAbility } from '../../../docker/system.js';
import type { Node } from '../server/node.js';
import { type Ground, nodeOf, start } from './ground.js';
import { eventually, leading } from './membership.js';

/** An election is over after so long, won or lost. */
const ELECTION_NS = 1e9;

/** Leadership handed over by command (Ongaro's thesis, section 3.10): a node that lacks nothing stands for election. */
export function failoverOf(ground: Ground): FailoverAbility {
  const { world } = ground;
  return {
    promote: async (name) => {
      const node = nodeOf(ground, name);
      let nextNs = world.nowNs();
      await eventually(ground, `${name} could not be promoted`, () => {
        if (leading(ground) === node) return true;
        if (world.nowNs() < nextNs || !lacksNothing(ground, node)) return undefined;
        nextNs = world.nowNs() + ELECTION_NS;
        node.raft.stand();
        return undefined;
      });
    },
    follow: async (name) => {
      const node = nodeOf(ground, name);
      await start(ground, node);
      await eventually(ground, `${name} follows nobody`, () => (follows(node) ? true : undefined));
    },
  };
}

function lacksNothing(ground: Ground, { runs, raft }: Node): boolean {
  const leader = leading(ground);
  return runs && leader !== undefined && raft.log.last >= leader.raft.log.commit;
}

function follows({ runs, id, raft }: Node): boolean {
  return runs && raft.role !== 'leader' && raft.leader >= 0 && raft.leader !== id;
}
