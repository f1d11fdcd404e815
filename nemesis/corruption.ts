import { z } from 'zod';
import type { Damage, OrchestratorAbility, ProcessAbility } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo } from './active-fault.js';
import { boundsOf, eachNode, eventually, type Bounds } from './bounded.js';
import { runningEvidence } from './evidence.js';
import { patient, type ActiveFault, type Nemesis, type NemesisContext } from './nemesis.js';
import { choose, fitting, majorityOf, strategy, TARGETS, type Target } from './targets.js';

const ROT: Readonly<Record<string, Target & { readonly damage: Damage['kind'] }>> = Object.fromEntries(
  (['bit-flip', 'truncate'] as const).flatMap((damage) =>
    Object.entries(TARGETS).map(([name, target]) => [`${damage}-${name}`, { ...target, damage }]),
  ),
);

/** Rot on a majority may destroy what was acknowledged, and nobody promised otherwise. */
const onMajority = (name: string) => /-(majority|all)$/.test(name);

const options = z.strictObject({
  file: z.string().optional().describe('part of the path of the file to damage; by default the newest of all'),
});

/** Damages a file of nodes that are down, and starts them on it. A node that will not start is replaced from nothing. */
export const corruption: Nemesis = {
  name: 'corruption',
  summary: 'flips a bit in a file of a node that is down, or cuts the file in half, and starts the node on it',
  needs: ['disks', 'processes'],
  targets: Object.keys(ROT).filter((name) => !onMajority(name)),
  takesMs: 5_000,
  targetsOnRequest: Object.keys(ROT).filter(onMajority),
  targetsFor: ({ nodes }) => fitting(ROT, nodes).filter((name) => !onMajority(name)),
  minNodes: 3,
  options,
  inject,
};

/** What became of a node that was started on a damaged file. */
interface Fate {
  readonly node: string;
  readonly file: string;
  readonly change: string;
}

async function inject(request: FaultRequest, hasty: NemesisContext): Promise<ActiveFault> {
  const context = patient(hasty);
  const bounds = boundsOf(context);
  const disks = abilityOf(context.cluster, 'disks', 'corruption');
  const processes = abilityOf(context.cluster, 'processes', 'corruption');
  const { damage } = strategy(ROT, request);
  const { file } = options.parse(request.options ?? {});
  const { nodes, leadersBefore, evidence } = await choose(ROT, request, context);
  const fates: Fate[] = [];
  const start = async () => void (await eachNode(nodes, (node) => processes.start(node)));
  const spoil = async () => {
    await eachNode(nodes, (node) => processes.signal(node, 'KILL'));
    for (const node of nodes) {
      fates.push({ node, ...(await disks.corrupt(node, { kind: damage, ...(file !== undefined && { file }) })) });
    }
    await start();
  };
  await injectOrUndo(bounds, spoil, start);
  // While a majority is whole, a node that will not start again can be made from what the others have.
  const orchestrator =
    nodes.length < majorityOf(context.cluster.nodes.length) ? context.cluster.abilities.orchestrator : undefined;
  const replaced = new Set<string>();
  return activeFault(
    {
      description: fates.map((fate) => `${fate.node}: ${fate.file} ${fate.change}`).join('; '),
      nodes,
      leadersBefore,
      measure: async () => [...evidence, ...fates.map(damageEvidence)],
      undo: () => backUp(nodes, processes, orchestrator, replaced, bounds),
      verify: async () => {
        const statuses = await eachNode(nodes, (node) => processes.status(node));
        return nodes.flatMap((node, at) => [
          ...(replaced.has(node) ? [replacedEvidence(node)] : []),
          runningEvidence(node, statuses[at]),
        ]);
      },
    },
    context,
  );
}

/** Starts what is down; what does not stay up is replaced, where it may be. */
async function backUp(
  nodes: readonly string[],
  processes: ProcessAbility,
  orchestrator: OrchestratorAbility | undefined,
  replaced: Set<string>,
  bounds: Bounds,
): Promise<void> {
  const runs = (seen: readonly unknown[]) => seen.length > 0;
  const seen = await eachNode(nodes, async (node) => {
    await processes.start(node);
    // A database that refuses its files ends within moments; one that is still there after that has taken them.
    await bounds.clock.sleep(Math.min(1_000, bounds.effectMs));
    return eventually(bounds.effectMs, bounds, () => processes.status(node), runs);
  });
  if (orchestrator === undefined) return;
  for (const node of nodes.filter((_, at) => !runs(seen[at]))) {
    replaced.add(node);
    await orchestrator.reschedule(node, 'wiped');
  }
}

function damageEvidence({ node, file, change }: Fate): Evidence {
  return {
    what: `file ${file} of ${node}`,
    expected: 'damaged while the database was down',
    measured: change,
    bit: true,
  };
}

function replacedEvidence(node: string): Evidence {
  return {
    what: `${node} on its damaged file`,
    expected: 'starts, or is replaced from nothing',
    measured: 'did not start; replaced from nothing',
    bit: true,
  };
}
