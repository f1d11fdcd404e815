import { EXIT, messageOf, UserError } from '../harness/kit/errors.js';
import { connect, type Engine } from './engine/engine.js';
import type { BuiltImage } from './engine/images.js';
import { clean, removeRun } from './engine/janitor.js';
import { startGuard } from './engine/guard.js';
import { createNetwork } from './engine/networks.js';
import { createPod, type Pod } from './engine/pods.js';
import { prepareSources } from './engine/prepare.js';
import { podAddress } from './engine/subnets.js';
import { PodCluster } from './pod-cluster.js';
import type { Cluster, ClusterNode, ImageSource, LaunchRequest, SessionFamily } from './system.js';
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
    const nodes = Array.from({ length: request.nodes }, (_, i) => `n${i + 1}`);
    const { pods, gateway } = await createPods(engine, request, plan, nodes, [toolbox, ...images]);
    request.progress(`${name}: ${pods.length} pods started`);
    return new PodCluster(
      name,
      engine,
      request.runId,
      guard,
      plan,
      pods,
      gateway,
      await versionsOf(engine, [toolbox, ...images]),
    );
  } catch (error) {
    await plan.close();
    // Where even this fails, the guard tries again when the harness ends.
    await removeRun(engine, request.runId).then(guard.dismiss, () => undefined);
    throw error;
  }
}

/** What cannot be removed is said, and does not stand in the way of a new run, which has names and a network of its own. */
async function sweep(engine: Engine, progress: (line: string) => void): Promise<void> {
  try {
    const { runs } = await clean('all', engine);
    if (runs.length > 0) progress(`removed what dead runs left: ${runs.join(', ')}`);
  } catch (error) {
    progress(messageOf(error));
  }
}

async function createPods(
  engine: Engine,
  request: LaunchRequest,
  plan: ClusterPlan,
  names: readonly string[],
  [toolbox, ...images]: readonly BuiltImage[],
): Promise<{ readonly pods: readonly Pod[]; readonly gateway: string }> {
  const network = await createNetwork(engine, request.runId);
  const nodes = names.map((name, i) => ({ name, address: podAddress(network.subnet, i) }));
  const made = await Promise.allSettled(
    nodes.map((node) => {
      request.signal?.throwIfAborted();
      const { image, command, env } = plan.database(node, nodes);
      const reference = images.find((candidate) => candidate.name === image)?.reference ?? image;
      return createPod(engine, {
        runId: request.runId,
        node: node.name,
        address: node.address,
        network,
        toolbox: toolbox!.reference,
        image: reference,
        command,
        env: env ?? {},
        dataPath: plan.dataPath,
      });
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
  return { pods, gateway: network.gateway };
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
