import { messageOf } from '../../harness/kit/errors.js';
import type { Backups, ClusterPlan, DatabasePlan } from '../cluster.js';
import { exec } from '../engine/exec.js';
import { linesSince } from '../engine/logs.js';
import type { Pod } from '../engine/pods.js';
import type { Backup, BackupAbility, ClusterNode, RestoredNode } from '../system.js';
import { bounded, until } from '../wait.js';
import { eachPod } from './each-pod.js';
import type { PodSet } from './orchestrator.js';

const TAKE_TIMEOUT_MS = 60_000;
const COPY_TIMEOUT_MS = 60_000;
const QUOTED_LINES = 4;
const RECOVERY_LOG_MS = 2_000;
/** Of the file in the database's container, and in the container that restores from it. */
const FILE = 'faultline-backup';
const PATH = `/tmp/${FILE}`;

/** A backup on its way from one cluster to the next: a tar of the file. */
interface Kept {
  readonly archive: Buffer;
}

interface Ground extends Pick<ClusterPlan, 'database' | 'recoveryLog'> {
  readonly backups: Backups;
}

/**
 * Backups taken inside a node's database container, and kept by the harness while nothing of the cluster is left. Data is
 * restored in containers of their own, on fresh volumes, before any database is started on them: no client ever meets a
 * half-restored node.
 */
export function backupAbility(pods: PodSet, plan: Ground, nodes: () => readonly ClusterNode[]): BackupAbility {
  let kept: Promise<Kept> | undefined;
  let destroyed: readonly Pod[] = [];
  let restored: readonly RestoredNode[] | undefined;
  return {
    async take(name) {
      const pod = pods.pod(name);
      const backup = await take(pod, plan.backups.take({ name, address: pod.address }));
      // The backup is complete; that it is carried to a safe place is not part of taking it.
      kept = carryAway(pod);
      kept.catch(() => undefined);
      return backup;
    },
    async destroy() {
      await kept;
      destroyed = nodes().map(({ name }) => pods.pod(name));
      restored = undefined;
      await eachPod(destroyed, (pod) => pods.end(pod));
      return eachPod(destroyed, async (pod) => {
        const { node, address, volume } = pod;
        const { image } = plan.database({ name: node, address }, nodes());
        return { node, address, volume, ...(await erase(pods, volume, image)) };
      });
    },
    async restore() {
      if (restored !== undefined || destroyed.length === 0) return restored ?? [];
      if (kept === undefined) throw new Error('there is no backup to restore from');
      restored = await restoreAll({ pods, plan }, destroyed, await kept);
      return restored;
    },
  };
}

/** The file is measured where it was written; where it is restored from, it is measured again. */
async function take(pod: Pod, script: string): Promise<Backup> {
  const wrapped = `set -- ${PATH}; rm -rf ${PATH}\n${script}\nset +x; echo "size $(stat -c %s ${PATH})"; sha256sum ${PATH}`;
  const { exitCode, stdout, stderr } = await exec(pod.database, ['sh', '-euc', wrapped], TAKE_TIMEOUT_MS);
  if (exitCode !== 0) throw new Error(`the backup of ${pod.node} failed: ${lastLines(stderr || stdout).join(' / ')}`);
  const [, size] = /^size (\d+)$/m.exec(stdout) ?? [];
  const [, sha256] = /^([0-9a-f]{64}) {2}/m.exec(stdout) ?? [];
  if (size === undefined || sha256 === undefined) throw new Error(`the backup of ${pod.node} left no file`);
  const said = lastLines(`${stderr}\n${stdout}`.replace(/^size \d+$|^[0-9a-f]{64} {2}.*$/gm, ''));
  return { node: pod.node, sizeBytes: Number(size), sha256, said };
}

async function carryAway(pod: Pod): Promise<Kept> {
  const copying = pod.database.getArchive({ path: PATH }).then(read);
  return { archive: await bounded(copying, COPY_TIMEOUT_MS, `copying the backup of ${pod.node}`) };
}

async function read(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Volumes of ended pods stay with their containers, whose logs are part of the run; their contents go. */
async function erase(pods: PodSet, volume: string, image: string) {
  const path = pods.site.dataPath;
  const count = `find ${path} -type f | wc -l`;
  const said = await pods.site.runOn(volume, image, `${count}; find ${path} -mindepth 1 -delete; ${count}`);
  const [filesErased, filesLeft] = lastLines(said).slice(-2).map(Number);
  return { filesErased, filesLeft };
}

/** A node whose volume holds the backup's data and whose database is still to be started. */
interface Prepared {
  readonly old: Pod;
  readonly node: ClusterNode;
  readonly volume: string;
  readonly start: DatabasePlan;
  readonly said: string;
}

/** Members of a cluster are told each other's addresses, and all have their data, before the first of them starts. */
async function restoreAll(
  { pods, plan }: { readonly pods: PodSet; readonly plan: Ground },
  destroyed: readonly Pod[],
  { archive }: Kept,
): Promise<readonly RestoredNode[]> {
  const { site } = pods;
  const all = destroyed.map(({ node }) => ({ name: node, address: site.newAddress() }));
  const volumes = await site.newVolumes(all.map(({ name }) => name));
  const prepared = await eachPod(destroyed, async (old): Promise<Prepared> => {
    const node = all.find(({ name }) => name === old.node)!;
    const volume = volumes.get(node.name)!;
    const start = plan.database(node, all);
    const script = `sha256sum /${FILE}\n(set -- /${FILE}; set -eu\n${plan.backups.restore(node, all)}\n); echo "exit $?"`;
    const said = await site.runOn(volume, start.image, script, archive);
    if (!/^exit 0$/m.test(said)) throw new Error(`restoring ${node.name} failed: ${lastLines(said).join(' / ')}`);
    return { old, node, volume, start, said };
  });
  const made = await startAll(pods, prepared);
  for (const pod of made) pods.put(pod);
  for (const { old } of prepared) await pods.network.moved(old.node, old.address);
  const recovered = await eachPod(made, (pod) => recoveryOf(pod, plan.recoveryLog));
  return prepared.map(({ old, node, volume, said }, at) => ({
    node: node.name,
    from: { address: old.address, volume: old.volume },
    to: { address: node.address, volume },
    sha256: /^([0-9a-f]{64}) {2}/m.exec(said)?.[1],
    said: [...lastLines(said.replace(/^[0-9a-f]{64} {2}.*$|^exit 0$/gm, '')), ...recovered[at]!],
  }));
}

/** What the database itself says of how it came up, as far as it says so soon. */
async function recoveryOf({ database }: Pod, pattern: RegExp | undefined): Promise<readonly string[]> {
  if (pattern === undefined) return [];
  const look = async () => {
    const lines = (await linesSince(database, 0)).filter((line) => pattern.test(line));
    return lines.length > 0 ? lines.slice(0, QUOTED_LINES / 2) : undefined;
  };
  return (await until(look, { timeoutMs: RECOVERY_LOG_MS, everyMs: 200 })) ?? [];
}

/** All or none: a cluster half of which was left over from a failed attempt would be no cluster. */
async function startAll(pods: PodSet, prepared: readonly Prepared[]): Promise<readonly Pod[]> {
  const starts = prepared.map(({ node, start, volume }) => pods.site.makePod(node, start, volume));
  const outcomes = await Promise.allSettled(starts);
  const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return made;
  await eachPod(made, (pod) => pods.end(pod));
  throw new Error(`starting the restored cluster failed: ${messageOf(failure.reason)}`, { cause: failure.reason });
}

function lastLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').slice(-QUOTED_LINES);
}
