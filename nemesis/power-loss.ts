import type { PowerAbility, ProcessAbility, ProcessStatus } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo, ofEachNode } from './active-fault.js';
import { boundsOf, eventually, onEach, type Bounds } from './bounded.js';
import { runningEvidence, survivors } from './evidence.js';
import { patient, type ActiveFault, type Nemesis, type NemesisContext } from './nemesis.js';
import { choose, fitting, TARGETS } from './targets.js';

/** Takes the power from nodes; healing gives it back, and the database starts on what its disk kept. */
export const powerLoss: Nemesis = {
  name: 'power-loss',
  summary: 'cuts the power of nodes: processes die, and with them all that the disk was not told to keep',
  needs: ['power', 'processes'],
  targets: Object.keys(TARGETS),
  takesMs: 3_000,
  targetsFor: ({ nodes }) => fitting(TARGETS, nodes),
  minNodes: 1,
  inject,
};

/** A node's disk and its database at one moment. */
interface Machine {
  readonly disk: Awaited<ReturnType<PowerAbility['status']>>;
  readonly processes: readonly ProcessStatus[];
}

async function inject(request: FaultRequest, hasty: NemesisContext): Promise<ActiveFault> {
  const context = patient(hasty);
  const bounds = boundsOf(context);
  const power = abilityOf(context.cluster, 'power', 'power-loss');
  const processes = abilityOf(context.cluster, 'processes', 'power-loss');
  const { nodes, leadersBefore, evidence } = await choose(TARGETS, request, context);
  const before = await onEach(nodes, bounds, (node) => look(power, processes, node));
  const restore = () => power.restore(nodes);
  await injectOrUndo(bounds, () => power.cut(nodes), restore);
  const outages = nodes.map((node, at) => outage(power, processes, node, before[at], bounds));
  for (const seen of outages) seen.catch(() => undefined);
  return activeFault(
    {
      description: `${nodes.join(' ')} without power`,
      nodes,
      leadersBefore,
      measure: async () => [
        ...evidence,
        ...(await ofEachNode(nodes, bounds, async (node, at) => darkEvidence(node, before[at], await outages[at]))),
      ],
      undo: restore,
      verify: () =>
        ofEachNode(nodes, bounds, async (node, at) => {
          const now = await look(power, processes, node);
          const recovered = await recoveryLog(power, node, bounds);
          return [mountedEvidence(node, before[at], now, recovered), runningEvidence(node, now.processes)];
        }),
    },
    context,
  );
}

async function look(power: PowerAbility, processes: ProcessAbility, node: string): Promise<Machine> {
  const [disk, running] = await Promise.all([power.status(node), processes.status(node)]);
  return { disk, processes: running };
}

/** The node once its disk is down and its processes are gone. */
function outage(
  power: PowerAbility,
  processes: ProcessAbility,
  node: string,
  before: Machine,
  bounds: Bounds,
): Promise<Machine> {
  const dark = (now: Machine) => !now.disk.up && survivors(before.processes, now.processes).length === 0;
  return eventually(bounds.effectMs, bounds, () => look(power, processes, node), dark);
}

/** What the database says of its recovery, once it says anything; not every database does. */
async function recoveryLog(power: PowerAbility, node: string, bounds: Bounds): Promise<readonly string[]> {
  const { recoveryLog } = power;
  if (recoveryLog === undefined) return [];
  return eventually(
    bounds.effectMs,
    bounds,
    () => recoveryLog(node),
    (lines) => lines.length > 0,
  );
}

function darkEvidence(node: string, before: Machine, now: Machine): readonly Evidence[] {
  const left = survivors(before.processes, now.processes);
  const ran = before.processes.length > 0;
  return [
    {
      what: `disk of ${node}`,
      expected: 'up before, down now',
      measured: `${upOrDown(before)} before, ${upOrDown(now)} now`,
      bit: before.disk.up && !now.disk.up,
    },
    {
      what: `processes of ${node}`,
      expected: 'gone',
      measured: ran ? (left.length === 0 ? 'gone' : `${left.length} still there`) : 'none was running',
      bit: ran && left.length === 0,
    },
  ];
}

/** The mount's number tells a disk that came up again from one that never went down. */
function mountedEvidence(node: string, before: Machine, { disk }: Machine, recovered: readonly string[]): Evidence {
  const quote = recovered.length === 0 ? '' : `; it said: ${recovered.join(' / ')}`;
  return {
    what: `disk of ${node} after healing`,
    expected: `up, mounted after mount ${before.disk.mounts}`,
    measured: `${disk.up ? 'up' : 'down'}, mount ${disk.mounts}${quote}`,
    bit: disk.up && disk.mounts > before.disk.mounts,
  };
}

const upOrDown = ({ disk }: Machine): string => (disk.up ? 'up' : 'down');
