import type { NodePhase, NodeState, PhaseObserver } from '../../../docker/system.js';
import type { World } from '../world.js';
import type { Node } from './node.js';

interface Inside {
  readonly world: World;
  readonly nodes: () => readonly Node[];
  readonly name: (node: Node) => string;
}

/** Less than a message takes: nothing that matters begins and ends in between. */
const LOOK_NS = 100e3;

/** What the nodes of the simulated cluster are busy with. Looking changes nothing: the same seed, looked at or not. */
export function phasesOf({ world, nodes, name }: Inside): PhaseObserver {
  const running = () => nodes().filter((node) => node.runs);
  const states = (): readonly NodeState[] => {
    const all = running();
    return all.map((node) => ({ node: name(node), role: node.raft.role, phase: phaseOf(node, all) }));
  };
  return {
    states,
    reached: (role, phase, withinMs) =>
      world.answer((resolve) => {
        const deadline = world.nowNs() + withinMs * 1e6;
        const look = () => {
          const all = running();
          const found = all.find((node) => node.raft.role === role && phaseOf(node, all) === phase);
          if (found !== undefined) resolve(name(found));
          else if (world.nowNs() >= deadline) resolve(undefined);
          else world.in(LOOK_NS, look);
        };
        look();
      }),
  };
}

function phaseOf({ raft }: Node, running: readonly Node[]): NodePhase {
  const { role, leader, log, isUnsettled, isBehind } = raft;
  if (role === 'candidate' || (role === 'follower' && leader < 0) || isUnsettled) return 'election';
  if (isBehind) return 'recovery';
  let decided = 0;
  let heard = Number.POSITIVE_INFINITY;
  for (const { raft: other } of running) {
    decided = Math.max(decided, other.log.commit);
    heard = Math.min(heard, other.log.commit);
  }
  if (log.last < decided) return 'recovery';
  // A leader has something to tell as long as somebody who runs has not heard it.
  if (role === 'leader' ? log.last === log.commit && heard < decided : log.commit < decided) return 'commit';
  return log.last > log.commit ? 'replication' : 'quiet';
}
