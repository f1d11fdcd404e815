import type { ProcessAbility, ProcessStatus } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { activeFault, injectOrUndo, ofEachNode } from './active-fault.js';
import { boundsOf, eachNode, eventually, onEach, type Bounds } from './bounded.js';
import { killedEvidence, runningEvidence, survivors, type Ending } from './evidence.js';
import type { ActiveFault, Nemesis, NemesisContext } from './nemesis.js';
import { namesIn, processesOf, processOptions } from './processes.js';
import { choose, fitting, TARGETS } from './targets.js';

/** Kills the database's processes with SIGKILL; healing starts them again on their own data. */
export const kill: Nemesis = {
  name: 'kill',
  summary: 'kills database processes with SIGKILL and starts them again on their own data',
  needs: ['processes'],
  targets: Object.keys(TARGETS),
  targetsFor: ({ nodes }) => fitting(TARGETS, nodes),
  minNodes: 1,
  options: processOptions,
  inject,
};

async function inject(request: FaultRequest, context: NemesisContext): Promise<ActiveFault> {
  const only = namesIn(request);
  const processes = processesOf(context.cluster, 'kill', only);
  const bounds = boundsOf(context);
  const { nodes, leadersBefore, evidence } = await choose(TARGETS, request, context);
  const before = await onEach(nodes, bounds, (node) => processes.status(node));
  const start = async () => void (await onEach(nodes, bounds, (node) => processes.start(node)));
  await injectOrUndo(bounds, () => eachNode(nodes, (node) => processes.signal(node, 'KILL')), start);
  // Watched from inside the window without holding up the run.
  const endings = nodes.map((node, at) => ending(processes, node, before[at], bounds));
  for (const end of endings) end.catch(() => undefined);
  return activeFault(
    {
      description: `${only === undefined ? '' : `${only.join(' ')} of `}${nodes.join(' ')} killed`,
      nodes,
      leadersBefore,
      measure: async () => [
        ...evidence,
        ...(await ofEachNode(nodes, bounds, async (node, at) => {
          const seen = killedEvidence(node, await endings[at]);
          // With the supervisor alive the node as a whole has no end.
          return only === undefined ? seen : seen.slice(0, 1);
        })),
      ],
      undo: start,
      verify: () => ofEachNode(nodes, bounds, (node, at) => restarted(processes, node, endings[at])),
    },
    context,
  );
}

/** What became of a node's processes: looked at until they are gone and their exit is known. */
function ending(
  processes: ProcessAbility,
  node: string,
  before: readonly ProcessStatus[],
  bounds: Bounds,
): Promise<Ending> {
  const look = async (): Promise<Ending> => {
    const [now, exit] = await Promise.all([processes.status(node), processes.exit(node)]);
    return { before, now, exit };
  };
  const replaced = ({ now, exit }: Ending) => exit === undefined && now.length > 0;
  const ended = (seen: Ending) =>
    survivors(before, seen.now).length === 0 && (seen.exit !== undefined || replaced(seen));
  return eventually(bounds.effectMs, bounds, look, ended);
}

/** Only processes seen to die must be new ones: healing a kill that killed nothing has nothing to replace. */
async function restarted(processes: ProcessAbility, node: string, end: Promise<Ending>): Promise<readonly Evidence[]> {
  const seen = await end.catch(() => undefined);
  const died = seen?.before.filter((process) => survivors([process], seen.now).length === 0);
  return [runningEvidence(node, await processes.status(node), died)];
}
