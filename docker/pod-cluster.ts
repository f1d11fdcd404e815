import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../harness/kit/errors.js';
import { freezerAbility } from './abilities/freezer.js';
import { networkAbility } from './abilities/network.js';
import { processAbility } from './abilities/processes.js';
import type { ClusterPlan } from './cluster.js';
import type { Engine } from './engine/engine.js';
import type { Guard } from './engine/guard.js';
import { removeRun } from './engine/janitor.js';
import { lastWords, saveLogs } from './engine/logs.js';
import type { Pod } from './engine/pods.js';
import type { Cluster, ClusterNode, SessionFamily, SessionOptions, SessionsByFamily } from './system.js';
import { bounded } from './wait.js';

/** A cluster whose nodes are pods. Made by {@link launchCluster}. */
export class PodCluster implements Cluster {
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
      return `ended with exit code ${State.ExitCode}: ${(await lastWords(database, 2)).replace(/\s*\n\s*/g, ' / ')}`;
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
