import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, messageOf, UserError } from '../harness/kit/errors.js';
import { freezerAbility } from './abilities/freezer.js';
import { networkAbility } from './abilities/network.js';
import { processAbility } from './abilities/processes.js';
import { connect, type Engine } from './engine/engine.js';
import type { BuiltImage } from './engine/images.js';
import { clean, removeRun } from './engine/janitor.js';
import { lastWords, saveLogs } from './engine/logs.js';
import { startGuard, type Guard } from './engine/guard.js';
import { createNetwork } from './engine/networks.js';
import { createPod, type Pod } from './engine/pods.js';
import { prepareSources } from './engine/prepare.js';
import { podAddress } from './engine/subnets.js';
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
  const { runs } = await clean('all', engine);
  if (runs.length > 0) request.progress(`removed what dead runs left: ${runs.join(', ')}`);
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

class PodCluster implements Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly abilities: Cluster['abilities'];
  readonly versions: Record<string, string>;
  private disposal: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly engine: Engine,
    private readonly runId: string,
    private readonly guard: Guard,
    private readonly plan: ClusterPlan,
    private readonly pods: readonly Pod[],
    clientAddress: string,
    versions: Record<string, string>,
  ) {
    this.nodes = pods.map(({ node, address }) => ({ name: node, address }));
    this.versions = versions;
    const podOf = (node: string) => this.pod(node);
    this.abilities = {
      network: networkAbility({ pods, clientAddress, port: plan.port }),
      processes: processAbility(podOf, plan.processNames),
      freezer: freezerAbility(podOf),
    };
  }

  open<F extends SessionFamily>(family: F, node: string, options: SessionOptions): Promise<SessionsByFamily[F]> {
    return this.plan.open(family, this.node(node), options);
  }

  async primaries(): Promise<readonly string[]> {
    const answers = await Promise.all(this.nodes.map((node) => this.plan.isPrimary(node).catch(() => false)));
    return this.nodes.filter((_, i) => answers[i]).map(({ name }) => name);
  }

  async ready(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const missing = await Promise.all(this.nodes.map((node) => this.waitFor(node, deadline)));
    const complaints = missing.filter((complaint) => complaint !== undefined);
    if (complaints.length > 0) throw new Error(`not ready after ${timeoutMs} ms: ${complaints.join('; ')}`);
    this.versions[this.name] ??= await this.plan.version(this.nodes[0]!).catch(() => 'unknown');
  }

  async collectLogs(directory: string): Promise<void> {
    const results = await Promise.allSettled(
      this.pods.map((pod) => saveLogs(pod.database, join(directory, pod.node), 'database.log')),
    );
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposal ??= this.dispose();
    return this.disposal;
  }

  /** Answers what is missing when the deadline passes. */
  private async waitFor(node: ClusterNode, deadline: number): Promise<string | undefined> {
    for (;;) {
      const complaint = await this.plan.missing(node).catch(messageOf);
      if (complaint === undefined) return undefined;
      if (performance.now() + 100 > deadline) return `${node.name}: ${await this.explain(node, complaint)}`;
      await sleep(100);
    }
  }

  /** A database that ended says more by its last words than by not answering. */
  private async explain(node: ClusterNode, complaint: string): Promise<string> {
    const { database } = this.pod(node.name);
    try {
      const { State } = await bounded(database.inspect(), 5_000, 'inspect');
      if (State.Paused) return 'frozen';
      if (State.Running) return complaint;
      return `ended with exit code ${State.ExitCode}: ${await lastWords(database, 2)}`;
    } catch {
      return complaint;
    }
  }

  private async dispose(): Promise<void> {
    for (const pod of this.pods) pod.release();
    await this.plan.close();
    await removeRun(this.engine, this.runId);
    this.guard.dismiss();
  }

  private node(name: string): ClusterNode {
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (!node) throw new RangeError(`no node ${name} in this cluster`);
    return node;
  }

  private pod(name: string): Pod {
    const pod = this.pods.find((candidate) => candidate.node === name);
    if (!pod) throw new RangeError(`no node ${name} in this cluster`);
    return pod;
  }
}
