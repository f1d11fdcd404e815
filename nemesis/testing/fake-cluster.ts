import {
  CLIENTS,
  type Abilities,
  type Cluster,
  type ClusterNode,
  type FreezerAbility,
  type Link,
  type NetworkAbility,
  type ProcessAbility,
  type ProcessStatus,
} from '../../docker/system.js';
import { RealClock } from '../../harness/kit/clock.js';
import { FakeDisks, type DiskSabotage } from './fake-disks.js';
import { FakeMachines, type MachineSabotage } from './fake-machines.js';
import { FakeTraffic, type TrafficSabotage } from './fake-traffic.js';

/** Ways in which a cluster can fail its nemesis. Each is off unless named. */
export interface Sabotage extends MachineSabotage, DiskSabotage, TrafficSabotage {
  /** Cuts something else than was asked. */
  readonly cutInstead?: (links: readonly Link[]) => readonly Link[];
  /** Links whose rule survives healing. */
  readonly keepCut?: (link: Link) => boolean;
  /** Every probe fails, cut or not. */
  readonly probesBlind?: boolean;
  /** Nodes on which signals do nothing. */
  readonly deaf?: readonly string[];
  /** Signals for a node reach this one instead. */
  readonly signalInstead?: Readonly<Record<string, string>>;
  /** Nodes whose start is refused. */
  readonly neverStarts?: readonly string[];
  /** Nodes whose supervisor replaces what is killed. */
  readonly supervised?: readonly string[];
  /** Nodes that end when they are continued. */
  readonly diesOnResume?: readonly string[];
  /** Nodes whose freezer only says that it is shut. */
  readonly freezesNothing?: readonly string[];
  readonly freezerStuck?: readonly string[];
  /** Nodes that cannot be asked anything: the call rejects, or never answers. */
  readonly rejects?: readonly string[];
  readonly hangs?: readonly string[];
  readonly leaderless?: boolean;
}

type Faked =
  'network' | 'processes' | 'freezer' | 'power' | 'clocks' | 'orchestrator' | 'membership' | 'disks' | 'traffic';

interface FakeNode {
  process: { pid: number; startTicks: number; cpuTicks: number; stopped: boolean } | undefined;
  exit: { readonly code: number } | undefined;
  frozen: boolean;
  cpuTimeNs: number;
}

/** A cluster in memory, with a clock that every look moves on. Whoever leads goes on until it is down or held; then the lowest living node takes over. */
export class FakeCluster implements Cluster {
  nodes: readonly ClusterNode[];
  readonly versions = {};
  readonly abilities: Required<Pick<Abilities, Faked>>;
  readonly traffic = new FakeTraffic(
    () => this.sabotage,
    (line) => this.calls.push(line),
  );
  /** By which its clocks drift. */
  clock = new RealClock();
  /** Every call that changes something, in order. */
  readonly calls: string[] = [];
  sabotage: Sabotage;
  private readonly state = new Map<string, FakeNode>();
  private readonly rules = new Map<string, { readonly link: Link; packets: number }>();
  private ticks = 1_000;
  private leader: string | undefined;

  constructor(count: number, sabotage: Sabotage = {}) {
    this.sabotage = sabotage;
    const names = Array.from({ length: count }, (_, at) => `n${at + 1}`);
    this.nodes = names.map((name, at) => ({ name, address: `10.0.0.${at + 1}` }));
    for (const name of names) {
      this.join(name);
      this.node(name).process = this.newProcess();
    }
    const { power, clocks, orchestrator, membership } = this.machines();
    const [network, processes, freezer] = [this.network(), this.processes(), this.freezer()];
    const [disks, traffic] = [this.disks.ability, this.traffic.ability];
    this.abilities = { network, processes, freezer, power, clocks, orchestrator, membership, disks, traffic };
  }

  get order(): readonly string[] {
    return this.nodes.map(({ name }) => name);
  }

  /** What is cut now, as `n1→n2`. */
  get cuts(): readonly string[] {
    return [...this.rules.keys()];
  }

  /** A packet on a link, as a workload would send it. */
  send(link: Link): boolean {
    const rule = this.rules.get(name(link));
    if (rule === undefined) return true;
    rule.packets++;
    return false;
  }

  primaries(): Promise<readonly string[]> {
    this.elect();
    return Promise.resolve(this.leader === undefined || this.sabotage.leaderless ? [] : [this.leader]);
  }

  runs(node: string): boolean {
    const { process, frozen } = this.node(node);
    return process !== undefined && !process.stopped && !frozen;
  }

  private elect(): void {
    if (this.leader === undefined || !this.runs(this.leader)) this.leader = this.order.find((node) => this.runs(node));
  }

  open(): never {
    throw new Error('the fake cluster has no sessions');
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  collectLogs(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  private readonly disks = new FakeDisks({
    sabotage: () => this.sabotage,
    call: (line) => this.calls.push(line),
    stop: (node) => this.end(node, 137),
    start: (node) => this.begin(node),
    runs: (node) => this.node(node).process !== undefined,
  });

  private machines(): FakeMachines {
    return new FakeMachines({
      sabotage: () => this.sabotage,
      nowNs: () => this.clock.nowNs(),
      call: (line) => this.calls.push(line),
      nodes: () => this.nodes,
      setNodes: (nodes) => (this.nodes = nodes),
      stop: (node) => this.end(node, 137),
      start: (node) => this.begin(node),
      join: (node) => this.join(node),
      wiped: (node) => this.disks.damaged.delete(node),
    });
  }

  private join(node: string): void {
    this.state.set(node, { process: undefined, exit: undefined, frozen: false, cpuTimeNs: 0 });
  }

  private begin(node: string): void {
    if (this.sabotage.neverStarts?.includes(node)) throw new Error('the data directory is corrupt');
    const state = this.node(node);
    const refuses = this.sabotage.refusesDamage?.includes(node) && this.disks.damaged.has(node);
    if (!refuses) state.process ??= this.newProcess();
    state.exit = refuses ? { code: 1 } : undefined;
  }

  private network(): NetworkAbility {
    return {
      cut: async (links) => {
        this.calls.push(`cut ${links.map(name).join(' ')}`);
        for (const link of this.sabotage.cutInstead?.(links) ?? links) this.rules.set(name(link), { link, packets: 0 });
        // One node in trouble: its own rules may be missing, those of the others are in place.
        for (const { from, to } of links) await Promise.all([this.reach(from), this.reach(to)]);
      },
      heal: async (links) => {
        this.calls.push(links === undefined ? 'heal network' : `heal ${links.map(name).join(' ')}`);
        const asked = links?.map(name);
        for (const [key, { link }] of this.rules) {
          if (asked?.includes(key) !== false && !this.sabotage.keepCut?.(link)) this.rules.delete(key);
        }
      },
      dropped: async () => [...this.rules.values()].map(({ link, packets }) => ({ ...link, packets })),
      probe: async (links) => links.map((link) => ({ ...link, reachable: this.connects(link) })),
    };
  }

  /** SYN out, SYN-ACK back. */
  private connects({ from, to }: Link): boolean {
    const answered = this.send({ from, to }) && this.send({ from: to, to: from });
    return answered && !this.sabotage.probesBlind && this.node(to).process !== undefined;
  }

  private processes(): ProcessAbility {
    return {
      status: async (node) => {
        await this.reach(node);
        return this.look(node);
      },
      signal: async (node, signal) => {
        this.calls.push(`${signal} ${node}`);
        await this.reach(node);
        const aimed = this.sabotage.signalInstead?.[node] ?? node;
        return this.sabotage.deaf?.includes(aimed) ? [] : this.deliver(aimed, signal);
      },
      exit: async (node) => {
        await this.reach(node);
        return this.node(node).exit;
      },
      start: async (node) => {
        this.calls.push(`start ${node}`);
        await this.reach(node);
        this.begin(node);
      },
    };
  }

  private deliver(node: string, signal: 'KILL' | 'STOP' | 'CONT'): readonly number[] {
    const state = this.node(node);
    if (state.process === undefined) return [];
    const { pid } = state.process;
    state.process.stopped = signal === 'STOP';
    if (signal === 'KILL') this.end(node, 137);
    if (signal === 'CONT' && this.sabotage.diesOnResume?.includes(node)) this.end(node, 1);
    return [pid];
  }

  private end(node: string, code: number): void {
    const supervised = this.sabotage.supervised?.includes(node) === true;
    const state = this.node(node);
    state.process = supervised ? this.newProcess() : undefined;
    state.exit = supervised ? undefined : { code };
    this.elect();
  }

  private look(node: string): readonly ProcessStatus[] {
    this.ticks++;
    const { process } = this.node(node);
    if (process === undefined) return [];
    if (this.runs(node)) process.cpuTicks++;
    const { pid, startTicks, cpuTicks, stopped } = process;
    return [{ pid, startTicks, cpuTicks, command: 'fake', state: stopped ? 'T' : 'S' }];
  }

  private freezer(): FreezerAbility {
    return {
      freeze: async (node) => {
        this.calls.push(`freeze ${node}`);
        this.node(node).frozen = true;
      },
      thaw: async (node) => {
        this.calls.push(`thaw ${node}`);
        if (!this.sabotage.freezerStuck?.includes(node)) this.node(node).frozen = false;
      },
      frozen: async (node) => this.node(node).frozen,
      cpuTimeNs: async (node) => {
        const state = this.node(node);
        if (!state.frozen || this.sabotage.freezesNothing?.includes(node)) state.cpuTimeNs += 1_000;
        return state.cpuTimeNs;
      },
    };
  }

  private newProcess() {
    this.ticks += 10;
    return { pid: this.ticks, startTicks: this.ticks, cpuTicks: 5, stopped: false };
  }

  private async reach(node: string): Promise<void> {
    if (this.state.get(node)?.frozen) throw new Error(`container ${node} is paused`);
    if (this.sabotage.rejects?.includes(node)) throw new Error('the container is gone');
    if (this.sabotage.hangs?.includes(node)) await new Promise(() => undefined);
  }

  private node(name: string): FakeNode {
    const state = this.state.get(name);
    if (state === undefined && name === CLIENTS)
      return { process: undefined, exit: undefined, frozen: false, cpuTimeNs: 0 };
    if (state === undefined) throw new Error(`no node ${name}`);
    return state;
  }
}

const name = ({ from, to }: Link): string => `${from}→${to}`;
