import { z } from 'zod';
import { CLIENTS, type Backup, type DestroyedNode, type RestoredNode } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { BACKUP_EVENT, type BackupMark } from '../harness/history/restores.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo } from './active-fault.js';
import { boundsOf, within } from './bounded.js';
import { patient, type ActiveFault, type Nemesis, type NemesisContext } from './nemesis.js';
import { choose, fitting, TARGETS } from './targets.js';

const { one, leader, 'non-leader': nonLeader } = TARGETS;
/** The node that the backup is taken from; the disaster hits all of them. */
const SOURCES = { leader, one, 'non-leader': nonLeader };

const options = z.object({
  backupAfterMs: z.coerce
    .number()
    .min(0)
    .max(3_600_000)
    .default(0)
    .describe('time until the backup is taken, once the fault is due, in ms'),
  disasterAfterMs: z.coerce
    .number()
    .min(0)
    .max(3_600_000)
    .default(2_000)
    .describe(
      'time from the end of the backup until the cluster is destroyed, in ms: what is acknowledged then is lost',
    ),
});

/**
 * An operator's worst day: a backup while clients work, some time later the whole cluster is destroyed with its disks, and
 * healing makes it again from the backup. What was acknowledged after the backup is lost and is expected to be; that
 * nothing else is, and nothing is torn, is for the checkers to say (harness/history/restores.ts).
 */
export const backupRestore: Nemesis = {
  name: 'backup-restore',
  summary: 'takes a backup under load, destroys all nodes with their volumes, and restores the backup into fresh ones',
  needs: ['backups', 'network'],
  targets: Object.keys(SOURCES),
  takesMs: 25_000,
  targetsFor: ({ nodes }) => fitting(SOURCES, nodes),
  minNodes: 1,
  options,
  inject,
};

async function inject(request: FaultRequest, hasty: NemesisContext): Promise<ActiveFault> {
  const context = patient(hasty);
  const bounds = boundsOf(context);
  const { cluster, signal, mark } = context;
  const backups = abilityOf(cluster, 'backups', 'backup-restore');
  const { backupAfterMs, disasterAfterMs } = options.parse(request.options ?? {});
  const note = (what: BackupMark) => mark?.(BACKUP_EVENT, { fault: request.id, mark: what });
  await bounds.clock.sleep(backupAfterMs, signal);
  const { nodes: [source = ''], leadersBefore, evidence } = await choose(SOURCES, request, context); // prettier-ignore
  signal?.throwIfAborted();
  note('backup-begin');
  const backup = await within(bounds.callMs, 'taking the backup', backups.take(source), bounds);
  note('backup-end');
  await bounds.clock.sleep(disasterAfterMs, signal);
  signal?.throwIfAborted();
  const nodes = cluster.nodes.map(({ name }) => name);
  let gone: readonly DestroyedNode[] = [];
  const destroy = async () => {
    gone = await backups.destroy();
    note('destroyed');
  };
  // Half a disaster is one all the same: whoever still lives must be gone before anybody is restored.
  const finish = async () => {
    if (gone.length === 0) await destroy();
    await backups.restore();
  };
  await injectOrUndo(bounds, destroy, finish);
  let restored: readonly RestoredNode[] = [];
  return activeFault(
    {
      description: `backup of ${source} (${backup.sizeBytes} bytes), then ${nodes.join(' ')} destroyed with their volumes`,
      nodes,
      leadersBefore,
      measure: async () => [
        ...evidence,
        backupEvidence(backup),
        ...gone.map(goneEvidence),
        ...(await severedEvidence(nodes, context)),
      ],
      undo: async () => {
        restored = await backups.restore();
        note('restored');
      },
      verify: async () => {
        await within(bounds.callMs, 'the restored cluster being ready', cluster.ready(bounds.callMs), bounds);
        return [...restoredEvidence(nodes, gone, restored, backup), ...(await reachedEvidence(nodes, context))];
      },
    },
    context,
  );
}

function backupEvidence({ node, sizeBytes, sha256, said }: Backup): Evidence {
  return {
    what: `backup of ${node}`,
    expected: 'a file that is not empty, and that the product’s own tool finds whole',
    measured: [`${sizeBytes} bytes`, `sha256 ${sha256.slice(0, 16)}`, ...said].join('; '),
    bit: sizeBytes > 0,
  };
}

function goneEvidence({ node, address, volume, filesErased, filesLeft }: DestroyedNode): Evidence {
  return {
    what: `data of ${node}`,
    expected: 'erased, no file left',
    measured: `${filesErased} files erased from ${volume} (at ${address}), ${filesLeft} left`,
    bit: filesErased > 0 && filesLeft === 0,
  };
}

async function severedEvidence(nodes: readonly string[], { cluster }: NemesisContext): Promise<readonly Evidence[]> {
  const probed = await probe(nodes, cluster);
  const alive = probed.filter(({ reachable }) => reachable).map(({ to }) => to);
  return [
    {
      what: `new connections from ${CLIENTS}`,
      expected: 'fail on every node',
      measured: alive.length === 0 ? 'fail on every node' : `succeed on ${alive.join(' ')}`,
      bit: alive.length === 0,
    },
  ];
}

async function reachedEvidence(nodes: readonly string[], { cluster }: NemesisContext): Promise<readonly Evidence[]> {
  const probed = await probe(nodes, cluster);
  return probed.map(({ to, reachable }) => ({
    what: `new connections ${CLIENTS}–${to} after healing`,
    expected: 'succeed',
    measured: `${reachable ? 'succeed' : 'fail'} at ${cluster.nodes.find(({ name }) => name === to)?.address ?? 'no address'}`,
    bit: reachable,
  }));
}

function probe(nodes: readonly string[], { abilities }: NemesisContext['cluster']) {
  return abilities.network!.probe(nodes.map((to) => ({ from: CLIENTS, to })));
}

/** Every node that was destroyed is there again, elsewhere, from this very file. */
function restoredEvidence(
  nodes: readonly string[],
  gone: readonly DestroyedNode[],
  restored: readonly RestoredNode[],
  backup: Backup,
): readonly Evidence[] {
  return nodes.map((node) => {
    const now = restored.find((each) => each.node === node);
    const before = gone.find((each) => each.node === node);
    const fresh = now !== undefined && now.to.address !== before?.address && now.to.volume !== before?.volume;
    return {
      what: `${node} after healing`,
      expected: `made from the backup ${backup.sha256.slice(0, 16)}, on another volume and address`,
      measured: now === undefined ? 'not restored' : toldOf(now),
      bit: fresh && now.sha256 === backup.sha256,
    };
  });
}

function toldOf({ from, to, sha256, said }: RestoredNode): string {
  const origin = sha256 === undefined ? 'from no file' : `from a file with sha256 ${sha256.slice(0, 16)}`;
  const quote = said.length === 0 ? '' : `; it said: ${said.join(' / ')}`;
  return `${origin}, ${to.volume} at ${to.address} instead of ${from.volume} at ${from.address}${quote}`;
}
