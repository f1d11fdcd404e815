import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../harness/kit/errors.js';
import { abilitiesOf } from './abilities/abilities.js';
import { networkAbility, type PodNetwork } from './abilities/network.js';
import type { PodSet } from './abilities/orchestrator.js';
import { kill } from './abilities/power.js';
import { workAbility, type PodWork } from './abilities/work.js';
import type { ClusterPlan } from './cluster.js';
import type { Guard } from './engine/guard.js';
import { removeRun } from './engine/janitor.js';
import { lastWords, saveLogs } from './engine/logs.js';
import { removeSandbox, type Pod } from './engine/pods.js';
import type { Site } from './site.js';
import { type Cluster, type ClusterNode, type NodeOutage, StrangerError } from './system.js';
import type { SessionFamily, SessionOptions, SessionsByFamily } from './system.js';
import { bounded } from './wait.js';

export interface PodClusterParts {
  readonly name: string;
  readonly guard: Guard;
  readonly plan: ClusterPlan;
  readonly site: Site;
  readonly versions: Readonly<Record<string, string>>;
}

/** Of a database that does not serve: where its reasons are looked for, and how many lines of each kind are quoted. */
const LINES_LOOKED_AT = 400;
const QUOTED_LINES = 4;

/** A cluster whose nodes are pods. Made by {@link launchCluster}. */
export class PodCluster implements Cluster, PodSet {
  readonly abilities: Cluster['abilities'];
  readonly versions: Record<string, string>;
  readonly site: Site;
  readonly network: PodNetwork;
  readonly work: PodWork;
  private readonly plan: ClusterPlan;
  private pods: readonly Pod[];
  /** Of nodes that moved or left: their logs are part of the run. */
  private readonly former: Pod[] = [];
  private settled = false;
  private disposal: Promise<void> | undefined;

  constructor(
    private readonly parts: PodClusterParts,
    pods: readonly Pod[],
  ) {
    const { plan, site } = parts;
    for (const { node, address } of pods) site.refuseOutside(node, address);
    this.pods = pods;
    this.plan = plan;
    this.site = site;
    this.versions = { ...parts.versions };
    const current = () => this.pods;
    this.network = networkAbility({ pods: current, clientAddress: site.clientAddress, port: plan.port });
    this.work = workAbility(current);
    this.abilities = abilitiesOf(this, { plan, pods: current, nodes: () => this.nodes });
  }

  get nodes(): readonly ClusterNode[] {
    return this.pods.map(({ node, address }) => ({ name: node, address }));
  }

  open<F extends SessionFamily>(family: F, node: string, options: SessionOptions): Promise<SessionsByFamily[F]> {
    return this.plan.open(family, this.node(node), options);
  }

  async primaries(): Promise<readonly string[]> {
    const { nodes } = this;
    const answers = await Promise.all(nodes.map((node) => this.plan.isPrimary(node).catch(() => false)));
    return nodes.filter((_, i) => answers[i]).map(({ name }) => name);
  }

  async ready(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const missing = await Promise.all(this.nodes.map((node) => this.waitFor(node, deadline)));
    const complaints = missing.filter((complaint) => complaint !== undefined);
    if (complaints.length > 0) throw new Error(`not ready after ${timeoutMs} ms: ${complaints.join('; ')}`);
    // Its own identity, too, a database that never syncs would lose with the power.
    if (!this.settled) await this.settle();
    this.settled = true;
    this.versions[this.parts.name] ??= await this.plan.version(this.nodes[0]!).catch(() => 'unknown');
  }

  async outages(): Promise<readonly NodeOutage[]> {
    const looked = this.nodes.map(async (node) => {
      const reason = await this.plan.missing(node).catch(messageOf);
      return reason === undefined ? [] : [{ node: node.name, ...(await this.diagnose(node, reason)) }];
    });
    return (await Promise.all(looked)).flat();
  }

  async collectLogs(directory: string): Promise<void> {
    const all = [...this.pods.map((pod) => [pod, 'database.log'] as const), ...this.former.map(formerLog)];
    const results = await Promise.allSettled(
      all.map(([pod, file]) => saveLogs(pod.database, join(directory, pod.node), file)),
    );
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposal ??= this.dispose();
    return this.disposal;
  }

  async settle(): Promise<void> {
    const { agent } = this.site;
    await agent?.run(this.nodes.map(({ name }) => `sync -f ${agent.pathOf(name)}`).join('\n'));
  }

  /** Answers what is missing when the deadline passes. */
  private async waitFor({ name }: ClusterNode, deadline: number): Promise<string | undefined> {
    for (;;) {
      // Wherever it is by now; one that left is not waited for.
      const node = this.nodes.find((candidate) => candidate.name === name);
      if (node === undefined) return undefined;
      const complaint = await this.plan.missing(node).catch(reasonOf);
      if (complaint === undefined) return undefined;
      if (performance.now() + 100 > deadline) return `${node.name}: ${await this.explain(node, complaint)}`;
      await sleep(100);
    }
  }

  /** A database that ended says more by its last words than by not answering. */
  private async explain(node: ClusterNode, complaint: string): Promise<string> {
    const { reason, lastLines } = await this.diagnose(node, complaint);
    return reason === complaint
      ? reason
      : [reason, lastLines.slice(-2).join(' / ')].filter((text) => text !== '').join(': ');
  }

  private async diagnose({ name }: ClusterNode, complaint: string): Promise<Omit<NodeOutage, 'node'>> {
    try {
      const { database } = this.pod(name);
      const { State } = await bounded(database.inspect(), 5_000, 'inspect');
      if (State.Paused) return { reason: 'frozen', lastLines: [] };
      const said = await lastWords(database, LINES_LOOKED_AT).catch(() => '');
      const reason = State.Running ? complaint : `ended with exit code ${State.ExitCode}`;
      return { reason, lastLines: tellingLines(said.split('\n')) };
    } catch {
      return { reason: complaint, lastLines: [] };
    }
  }

  pod(name: string): Pod {
    const pod = this.pods.find((candidate) => candidate.node === name);
    if (!pod) throw new RangeError(`no node ${name} in this cluster`);
    return pod;
  }

  others(name: string): readonly ClusterNode[] {
    return this.nodes.filter((node) => node.name !== name);
  }

  async end(pod: Pod): Promise<void> {
    await kill(pod);
    await this.work.leaving(pod);
    await removeSandbox(pod);
    if (!this.former.includes(pod)) this.former.push(pod);
  }

  put(pod: Pod): void {
    this.site.refuseOutside(pod.node, pod.address);
    const others = this.pods.filter(({ node }) => node !== pod.node);
    this.pods = [...others, pod].sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true }));
  }

  drop(name: string): void {
    this.pods = this.pods.filter(({ node }) => node !== name);
  }

  private async dispose(): Promise<void> {
    const { site, guard } = this.parts;
    for (const pod of this.pods) pod.release();
    site.agent?.release();
    await this.plan.close();
    await removeRun(site.engine, site.runId);
    guard.dismiss();
  }

  private node(name: string): ClusterNode {
    const { node, address } = this.pod(name);
    return { name: node, address };
  }
}

/** Why a node is not ready; a stranger's answer is no reason to wait for another one. */
function reasonOf(error: unknown): string {
  if (error instanceof StrangerError) throw error;
  return messageOf(error);
}

/** Logs of a node's earlier pods, the first one numbered 1. */
function formerLog(pod: Pod, at: number, all: readonly Pod[]): readonly [Pod, string] {
  return [pod, `database.${all.slice(0, at + 1).filter(({ node }) => node === pod.node).length}.log`];
}

/** The last complaints and the last lines, in order: a panic is followed by the stacks of all that ran. */
export function tellingLines(all: readonly string[]): readonly string[] {
  const lines = all.map((line) => line.trim()).filter((line) => line !== '');
  const complaints = lines.filter((line) => /panic|fatal|corrupt|unexpected fault|\berror\b/i.test(line));
  const last = new Set([...complaints.slice(-QUOTED_LINES), ...lines.slice(-QUOTED_LINES)]);
  return lines.filter((line, at) => last.has(line) && lines.indexOf(line) === at);
}
