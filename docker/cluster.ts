import { EXIT, messageOf, UserError } from '../harness/kit/errors.js';
import { startAgent } from './engine/agent.js';
import { prepareClocks } from './engine/clocks.js';
import { connect, type Engine } from './engine/engine.js';
import type { BuiltImage } from './engine/images.js';
import { clean, removeRun } from './engine/janitor.js';
import { startGuard } from './engine/guard.js';
import { createNetwork } from './engine/networks.js';
import type { Pod } from './engine/pods.js';
import { prepareSources } from './engine/prepare.js';
import { PodCluster } from './pod-cluster.js';
import { Site } from './site.js';
import type { Cluster, ClusterNode, ImageSource, LaunchRequest, ProcessAbility, SessionFamily } from './system.js';
import type { SessionOptions, SessionsByFamily } from './system.js';
import { bounded } from './wait.js';

/** How the database runs on one node. */
export interface DatabasePlan {
  /** Which of {@link ClusterPlan.images}. */
  readonly image: string;
  /** Arguments to the image's entry point. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What the product wants done when one of its nodes gets another address, or starts again from nothing. */
export interface Moves {
  /** The node is down, has its data, and will start at its new address: tells the others, answers how it starts. */
  relocated(node: ClusterNode, others: readonly ClusterNode[]): Promise<DatabasePlan>;
  /** The node is down and its data lost: makes it one that joins, answers how it starts on an empty volume. */
  rejoining(node: ClusterNode, others: readonly ClusterNode[]): Promise<DatabasePlan>;
}

/** The product's own commands for members that come and go; asked of nodes that are up. */
export interface Members {
  list(nodes: readonly ClusterNode[]): Promise<readonly string[]>;
  /** Announces a node that is not there yet; answers how it starts on an empty volume. */
  joining(node: ClusterNode, others: readonly ClusterNode[]): Promise<DatabasePlan>;
  remove(node: ClusterNode, others: readonly ClusterNode[]): Promise<void>;
}

/** An operator's commands where nobody else fails over. The pods' processes may have to be ended and started for it. */
export interface Failover {
  promote(node: ClusterNode, others: readonly ClusterNode[], processes: ProcessAbility): Promise<void>;
  follow(node: ClusterNode, processes: ProcessAbility): Promise<void>;
}

/** The product's own tools for backups, as shell scripts with `set -eu`. */
export interface Backups {
  /**
   * Runs in a node's database container while it serves: writes a backup to the file "$1". What it prints is quoted; it
   * fails unless the tool's own check of the file is content.
   */
  take(node: ClusterNode): string;
  /** Runs beside no database, on the node's empty volume: makes its data from the backup in the file "$1". */
  restore(node: ClusterNode, all: readonly ClusterNode[]): string;
}

/** What is particular to a database; the rest is the same for all of them. */
export interface ClusterPlan {
  readonly images: readonly ImageSource[];
  database(node: ClusterNode, all: readonly ClusterNode[]): DatabasePlan;
  /** Where clients connect, on every node. */
  readonly port: number;
  /** Directory of the data volume in the container. */
  readonly dataPath: string;
  /** Command names of the processes that are the database, as in /proc/<pid>/comm. */
  readonly processNames: readonly string[];
  /** What keeps the node from serving, in a few words, or undefined when it serves. Bounded by itself (a second or so). */
  missing(node: ClusterNode): Promise<string | undefined>;
  /** Whether the node believes to be leader or primary. Bounded by itself; a throw counts as no. */
  isPrimary(node: ClusterNode): Promise<boolean>;
  open<F extends SessionFamily>(family: F, node: ClusterNode, options: SessionOptions): Promise<SessionsByFamily[F]>;
  /** Product version, asked of a node when first ready. */
  version(node: ClusterNode): Promise<string>;
  /** Absent: the system declares no ability orchestrator. */
  readonly moves?: Moves;
  /** Absent: the system declares no ability membership. */
  readonly members?: Members;
  /** Absent: the system declares no ability failover. */
  readonly failover?: Failover;
  /** Absent: the system declares no ability backups. */
  readonly backups?: Backups;
  /** Of a node's disk where the run has disks. Default 1024; the space is taken only when it is written. */
  readonly diskMiB?: number;
  /** Lines by which the database tells how it recovered; quoted after a power loss. */
  readonly recoveryLog?: RegExp;
  /**
   * The database reads the time through libc, so that its clock can be set wrong: its ms since the epoch as the database
   * itself tells, or `libc` where that cannot be asked. Absent: the system declares no ability clocks.
   */
  readonly time?: 'libc' | ((node: ClusterNode) => Promise<number>);
  /** Lets go of what the plan itself holds. */
  close(): Promise<void>;
}

/**
 * Launches a cluster of pods: cleans up after dead runs, makes sure of the images, makes the network and all pods at
 * once. Whatever goes wrong or aborts on the way, what was made is removed before this throws.
 */
export async function launchCluster(name: string, request: LaunchRequest, plan: ClusterPlan): Promise<Cluster> {
  const engine = await connect();
  await sweep(engine, request.progress);
  const { toolbox, images } = await prepareSources(engine, plan.images, ({ task, state, line }) => {
    if (state !== 'cached') request.progress(`${task}: ${line}`);
  });
  request.signal?.throwIfAborted();
  const guard = startGuard(request.runId);
  try {
    const site = await prepareSite(engine, request, plan, [toolbox, ...images]);
    const pods = await createPods(site, request, plan);
    request.progress(`${name}: ${pods.length} pods started`);
    const versions = await versionsOf(engine, [toolbox, ...images]);
    return new PodCluster({ name, guard, plan, site, versions }, pods);
  } catch (error) {
    await plan.close();
    // Where even this fails, the guard tries again when the harness ends.
    await removeRun(engine, request.runId).then(guard.dismiss, () => undefined);
    throw error;
  }
}

/** The network, and what only some faults need: disks and clocks of the nodes' own. */
async function prepareSite(
  engine: Engine,
  { runId, needs = [] }: LaunchRequest,
  plan: ClusterPlan,
  [toolbox, ...images]: readonly [BuiltImage, ...BuiltImage[]],
): Promise<Site> {
  const network = await createNetwork(engine, runId);
  const shared = { engine, runId, network, toolbox, images, dataPath: plan.dataPath, port: plan.port };
  const wantsDisks = needs.includes('power') || needs.includes('disks');
  const agent = wantsDisks ? await startAgent(engine, { runId, toolbox: toolbox.reference }) : undefined;
  const clocks = needs.includes('clocks') ? await prepareClocks(engine, runId, toolbox.reference) : undefined;
  return new Site({
    ...shared,
    ...(agent && { disks: { agent, sizeMiB: plan.diskMiB ?? DISK_MIB } }),
    ...(clocks && { clocks }),
  });
}

const DISK_MIB = 1024;

/** What cannot be removed is said, and does not stand in the way of a new run, which has names and a network of its own. */
async function sweep(engine: Engine, progress: (line: string) => void): Promise<void> {
  try {
    const { runs } = await clean('all', engine);
    if (runs.length > 0) progress(`removed what dead runs left: ${runs.join(', ')}`);
  } catch (error) {
    progress(messageOf(error));
  }
}

async function createPods(site: Site, request: LaunchRequest, plan: ClusterPlan): Promise<readonly Pod[]> {
  const names = Array.from({ length: request.nodes }, (_, i) => `n${i + 1}`);
  const nodes = names.map((name) => ({ name, address: site.newAddress() }));
  const volumes = await site.newVolumes(names);
  const made = await Promise.allSettled(
    nodes.map((node) => {
      request.signal?.throwIfAborted();
      return site.makePod(node, plan.database(node, nodes), volumes.get(node.name)!);
    }),
  );
  const pods = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = made.find((result) => result.status === 'rejected');
  if (failure || request.signal?.aborted) {
    for (const pod of pods) pod.release();
    request.signal?.throwIfAborted();
    throw new UserError(`Cannot start the cluster: ${messageOf(failure?.reason)}`, EXIT.harnessError, {
      cause: failure?.reason,
    });
  }
  return pods;
}

async function versionsOf(engine: Engine, images: readonly BuiltImage[]): Promise<Record<string, string>> {
  const { Version } = await bounded(engine.version(), 5_000, 'Docker Engine');
  return {
    docker: Version,
    ...Object.fromEntries(
      images.map(({ name, reference, id }) => [`image ${name}`, `${reference} ${id.slice(0, 19)}`]),
    ),
  };
}
