import type { DiskAbility } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo, ofEachNode } from './active-fault.js';
import { boundsOf, eachNode, eventually, onEach, type Bounds } from './bounded.js';
import { runningEvidence } from './evidence.js';
import { patient, type ActiveFault, type Nemesis, type NemesisContext } from './nemesis.js';
import { choose, fitting, TARGETS } from './targets.js';

type Probe = Awaited<ReturnType<DiskAbility['probe']>>;

interface DiskFault {
  readonly name: string;
  readonly summary: string;
  readonly what: string;
  /** What a write meets while the fault is in place. */
  readonly write: Probe['write'];
  begin(disks: DiskAbility, node: string): Promise<void>;
}

/** The disk takes no more writes and says nothing: a controller that hangs, a network volume without its network. */
export const diskStall = diskFault({
  name: 'disk-stall',
  summary: 'freezes file systems, so that every write waits until the fault is over',
  what: 'disks stalled',
  write: 'stalled',
  begin: (disks, node) => disks.stall(node),
});

export const diskFull = diskFault({
  name: 'disk-full',
  summary: 'fills disks to the last block, and frees them again',
  what: 'disks full',
  write: 'no-space',
  begin: (disks, node) => disks.fill(node),
});

export const diskErrors = diskFault({
  name: 'disk-errors',
  summary: 'lets every access to the disk fail while the database runs; then it gets the disk back as it was synced',
  what: 'disks failing',
  write: 'error',
  begin: (disks, node) => disks.fail(node),
});

function diskFault(fault: DiskFault): Nemesis {
  return {
    name: fault.name,
    summary: fault.summary,
    needs: ['disks', 'processes'],
    targets: Object.keys(TARGETS),
    takesMs: 3_000,
    targetsFor: ({ nodes }) => fitting(TARGETS, nodes),
    minNodes: 1,
    inject: (request, context) => inject(fault, request, patient(context)),
  };
}

async function inject(fault: DiskFault, request: FaultRequest, context: NemesisContext): Promise<ActiveFault> {
  const bounds = boundsOf(context);
  const disks = abilityOf(context.cluster, 'disks', fault.name);
  const processes = abilityOf(context.cluster, 'processes', fault.name);
  const { nodes, leadersBefore, evidence } = await choose(TARGETS, request, context);
  // On a busy machine a write may take its time also without any fault.
  const before = await onEach(nodes, bounds, (node) => onceShown(disks, node, 'ok', bounds));
  const mend = async () => void (await onEach(nodes, bounds, (node) => disks.mend(node)));
  await injectOrUndo(bounds, () => eachNode(nodes, (node) => fault.begin(disks, node)), mend);
  const during = nodes.map((node) => onceShown(disks, node, fault.write, bounds));
  for (const seen of during) seen.catch(() => undefined);
  return activeFault(
    {
      description: `${nodes.join(' ')}: ${fault.what}`,
      nodes,
      leadersBefore,
      measure: async () => [
        ...evidence,
        ...(await ofEachNode(nodes, bounds, async (node, at) => [
          writeEvidence(node, fault.write, before[at], await lasting(disks, node, await during[at])),
        ])),
      ],
      undo: mend,
      verify: () =>
        ofEachNode(nodes, bounds, async (node) => [
          mendedEvidence(node, await disks.probe(node)),
          runningEvidence(node, await processes.status(node)),
        ]),
    },
    context,
  );
}

function onceShown(disks: DiskAbility, node: string, write: Probe['write'], bounds: Bounds): Promise<Probe> {
  return eventually(
    bounds.effectMs,
    bounds,
    () => disks.probe(node),
    (seen) => seen.write === write,
  );
}

/** On a busy machine one write may wait as long without any fault; hardly a second one at the end of the window. */
function lasting(disks: DiskAbility, node: string, seen: Probe): Promise<Probe> {
  return seen.write === 'stalled' ? disks.probe(node) : Promise.resolve(seen);
}

const WORDS: Readonly<Record<Probe['write'], string>> = {
  ok: 'succeeds',
  stalled: 'waits',
  'no-space': 'fails with ENOSPC',
  error: 'fails with an I/O error',
};

function writeEvidence(node: string, wanted: Probe['write'], before: Probe, now: Probe): Evidence {
  return {
    what: `a write to the disk of ${node}`,
    expected: `${WORDS[wanted]}, after it ${WORDS.ok} before`,
    measured: `${WORDS[now.write]}, ${now.freeBytes} bytes free; before: ${WORDS[before.write]}, ${before.freeBytes} bytes free`,
    bit: before.write === 'ok' && now.write === wanted,
  };
}

function mendedEvidence(node: string, now: Probe): Evidence {
  return {
    what: `a write to the disk of ${node} after healing`,
    expected: WORDS.ok,
    measured: `${WORDS[now.write]}, ${now.freeBytes} bytes free`,
    bit: now.write === 'ok',
  };
}
