import type { OrchestratorAbility, ProcessAbility } from '../docker/system.js';
import { CLIENTS } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo, ofEachNode } from './active-fault.js';
import { boundsOf, within, type Bounds } from './bounded.js';
import { runningEvidence } from './evidence.js';
import { patient, type ActiveFault, type NemesisContext } from './nemesis.js';
import { choose, type Target } from './targets.js';

type Volume = 'kept' | 'wiped';
type Move = Awaited<ReturnType<OrchestratorAbility['reschedule']>> & { readonly node: string };

/**
 * Moves the pods of the chosen nodes to another place, one by one as an orchestrator does. The fault is the move itself:
 * what is left to heal is a database that did not come up. A volume is wiped only while every other node is whole, so
 * that what was acknowledged is never on wiped volumes alone.
 */
export async function move(
  request: FaultRequest,
  hasty: NemesisContext,
  how: { readonly volume: Volume; readonly targets: Readonly<Record<string, Target>> },
): Promise<ActiveFault> {
  const { volume } = how;
  const context = patient(hasty);
  const bounds = boundsOf(context);
  const orchestrator = abilityOf(context.cluster, 'orchestrator', request.kind);
  const processes = abilityOf(context.cluster, 'processes', request.kind);
  const { nodes, leadersBefore, evidence } = await choose(how.targets, request, context);
  const moves: Move[] = [];
  let underWay: string | undefined;
  const moveAll = async () => {
    for (const node of nodes) {
      context.signal?.throwIfAborted();
      if (volume === 'wiped' || moves.length > 0) await whole(context, bounds);
      underWay = node;
      moves.push({ node, ...(await orchestrator.reschedule(node, volume)) });
      underWay = undefined;
    }
  };
  // A move that broke off may have left no pod at all: only another move makes one.
  const finish = async () => {
    if (underWay !== undefined) await orchestrator.reschedule(underWay, volume);
  };
  await injectOrUndo({ ...bounds, callMs: nodes.length * bounds.callMs }, moveAll, finish);
  const undo = async () => {
    for (const node of nodes) if ((await processes.status(node)).length === 0) await processes.start(node);
  };
  const told = moves.map(({ node, from, to }) => `${node} from ${from} to ${to}`);
  return activeFault(
    {
      description: `${told.join(', ')}, volume ${volume}`,
      nodes,
      leadersBefore,
      measure: async () => [...evidence, ...moves.flatMap((each) => movedEvidence(each, volume, context))],
      undo,
      verify: () => ofEachNode(nodes, bounds, (node) => backEvidence(node, processes, context)),
    },
    context,
  );
}

function whole({ cluster }: NemesisContext, bounds: Bounds): Promise<void> {
  return within(bounds.callMs, 'the cluster being whole', cluster.ready(bounds.callMs), bounds);
}

function movedEvidence(
  { node, from, to, volumes }: Move,
  volume: Volume,
  { cluster }: NemesisContext,
): readonly Evidence[] {
  const known = cluster.nodes.find(({ name }) => name === node)?.address;
  const address: Evidence = {
    what: `address of ${node}`,
    expected: `another than ${from}, known to the cluster`,
    measured: known === to ? to : `${to}, while the cluster knows ${known ?? 'none'}`,
    bit: to !== from && known === to,
  };
  if (volumes === undefined) return [address];
  const same = volumes.from === volumes.to;
  return [
    address,
    {
      what: `volume of ${node}`,
      expected: volume === 'kept' ? 'the same' : 'another, empty',
      measured: same ? `the same (${volumes.to})` : `${volumes.to} instead of ${volumes.from}`,
      bit: same === (volume === 'kept'),
    },
  ];
}

/** Runs, answers clients at its address, and is a member where members can be told. */
async function backEvidence(
  node: string,
  processes: ProcessAbility,
  { cluster }: NemesisContext,
): Promise<readonly Evidence[]> {
  const running = runningEvidence(node, await processes.status(node));
  const { network, membership } = cluster.abilities;
  const evidence = [running];
  if (network !== undefined) {
    const [{ reachable }] = await network.probe([{ from: CLIENTS, to: node }]);
    const address = cluster.nodes.find(({ name }) => name === node)?.address ?? 'no address';
    evidence.push({
      what: `new connections ${CLIENTS}–${node} after healing`,
      expected: 'succeed',
      measured: `${reachable ? 'succeed' : 'fail'} at ${address}`,
      bit: reachable,
    });
  }
  if (membership !== undefined) {
    const members = await membership.members();
    evidence.push({
      what: `members after healing`,
      expected: `${node} among them`,
      measured: members.join(' '),
      bit: members.includes(node),
    });
  }
  return evidence;
}
