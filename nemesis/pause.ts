import type { FreezerAbility, ProcessAbility, ProcessStatus } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { activeFault, injectOrUndo, ofEachNode, type FaultParts } from './active-fault.js';
import { boundsOf, eachNode, eventually, onEach, type Bounds } from './bounded.js';
import { frozenEvidence, isStopped, stoppedEvidence, thawedEvidence, type FreezerReading } from './evidence.js';
import type { ActiveFault, Nemesis, NemesisContext } from './nemesis.js';
import { allRunning, namesIn, processesOf, processOptions, resume } from './processes.js';
import { choose, fitting, strategy, TARGETS, type Target } from './targets.js';

/** By signal the database's processes stop one by one; the freezer holds the whole pod at one instant. */
type Method = 'signal' | 'freezer';

/** `leader` stops the leader's processes by signal, `freeze-leader` freezes its pod. */
const PAUSES: Readonly<Record<string, Target & { readonly method: Method }>> = Object.fromEntries(
  Object.entries(TARGETS).flatMap(([name, target]) => [
    [name, { ...target, method: 'signal' }],
    [`freeze-${name}`, { ...target, method: 'freezer' }],
  ]),
);

/** Stops nodes in the middle of whatever they do; resumed, they go on as if no time had passed. */
export const pause: Nemesis = {
  name: 'pause',
  summary: 'stops database processes by SIGSTOP, or freezes whole pods (freeze-…), and lets them go on',
  needs: ['processes'],
  targets: Object.keys(PAUSES),
  targetsFor: ({ nodes, abilities }) =>
    fitting(PAUSES, nodes).filter((name) => PAUSES[name].method === 'signal' || abilities.includes('freezer')),
  minNodes: 1,
  options: processOptions,
  inject,
};

async function inject(request: FaultRequest, context: NemesisContext): Promise<ActiveFault> {
  const bounds = boundsOf(context);
  const { method } = strategy(PAUSES, request);
  // The freezer holds the whole pod, whatever is running in it.
  const processes = processesOf(context.cluster, 'pause', method === 'signal' ? namesIn(request) : undefined);
  const { nodes, leadersBefore, evidence } = await choose(PAUSES, request, context);
  const paused =
    method === 'signal'
      ? await stop(processes, nodes, bounds)
      : await freeze(freezerOf(context), processes, nodes, bounds);
  return activeFault(
    {
      ...paused,
      nodes,
      leadersBefore,
      measure: async () => [...evidence, ...(await paused.measure())],
    },
    context,
  );
}

type Paused = Pick<FaultParts, 'description' | 'measure' | 'undo' | 'verify'>;

async function stop(processes: ProcessAbility, nodes: readonly string[], bounds: Bounds): Promise<Paused> {
  const undo = () => resume(processes, nodes, bounds);
  await injectOrUndo(bounds, () => eachNode(nodes, (node) => processes.signal(node, 'STOP')), undo);
  const first = nodes.map((node) => onceStopped(processes, node, bounds));
  for (const look of first) look.catch(() => undefined);
  return {
    description: `${nodes.join(' ')} stopped by SIGSTOP`,
    measure: () =>
      ofEachNode(nodes, bounds, async (node, at) => [
        stoppedEvidence(node, await first[at], await processes.status(node)),
      ]),
    undo,
    verify: () => allRunning(processes, nodes, bounds),
  };
}

/** The first look: a thread deep in a system call stops a moment after the signal. */
function onceStopped(processes: ProcessAbility, node: string, bounds: Bounds): Promise<readonly ProcessStatus[]> {
  const look = () => processes.status(node);
  return eventually(bounds.effectMs, bounds, look, (seen) => seen.length > 0 && seen.every(isStopped));
}

async function freeze(
  freezer: FreezerAbility,
  processes: ProcessAbility,
  nodes: readonly string[],
  bounds: Bounds,
): Promise<Paused> {
  const thaw = async () => void (await onEach(nodes, bounds, (node) => freezer.thaw(node)));
  await injectOrUndo(bounds, () => eachNode(nodes, (node) => freezer.freeze(node)), thaw);
  const first = nodes.map((node) => readFreezer(freezer, node));
  for (const look of first) look.catch(() => undefined);
  return {
    description: `${nodes.join(' ')} frozen`,
    measure: () =>
      ofEachNode(nodes, bounds, async (node, at) => [
        frozenEvidence(node, await first[at], await readFreezer(freezer, node)),
      ]),
    undo: async () => {
      await thaw();
      await resume(processes, nodes, bounds);
    },
    verify: async (): Promise<readonly Evidence[]> => {
      const thawed = await ofEachNode(nodes, bounds, async (node) => [
        thawedEvidence(node, await freezer.frozen(node)),
      ]);
      // Nothing can be asked of a pod that is still frozen.
      return thawed.every(({ bit }) => bit) ? [...thawed, ...(await allRunning(processes, nodes, bounds))] : thawed;
    },
  };
}

/** One after the other: the CPU clock is read only once the freezer is known to be shut. */
async function readFreezer(freezer: FreezerAbility, node: string): Promise<FreezerReading> {
  const frozen = await freezer.frozen(node);
  return { frozen, cpuTimeNs: await freezer.cpuTimeNs(node) };
}

function freezerOf({ cluster }: NemesisContext): FreezerAbility {
  if (cluster.abilities.freezer === undefined) throw new Error('nemesis pause: the cluster has no ability freezer');
  return cluster.abilities.freezer;
}
