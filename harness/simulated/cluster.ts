import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Abilities,
  type Ability,
  type Cluster,
  type ClusterNode,
  type SessionFamily,
  type SessionOptions,
  type SessionsByFamily,
} from '../../docker/system.js';
import { backupsOf } from './abilities/backup.js';
import { clocksOf } from './abilities/clocks.js';
import { disksOf } from './abilities/disks.js';
import { failoverOf } from './abilities/failover.js';
import type { Ground } from './abilities/ground.js';
import { logsOf } from './abilities/logs.js';
import { membershipOf, orchestratorOf } from './abilities/membership.js';
import { networkOf } from './abilities/network.js';
import { powerOf } from './abilities/power.js';
import { freezerOf, processesOf } from './abilities/processes.js';
import { trafficOf } from './abilities/traffic.js';
import { workOf } from './abilities/work.js';
import type { Behaviour } from './behaviour.js';
import { Chance } from './chance.js';
import { Network, type NetworkConditions } from './network.js';
import { Node } from './server/node.js';
import { phasesOf } from './server/phases.js';
import { failure } from './sessions/failure.js';
import { SimulatedKvSession } from './sessions/kv-session.js';
import { SimulatedLockSession } from './sessions/lock-session.js';
import { SimulatedQueueSession } from './sessions/queue-session.js';
import type { Connection, SimulatedSession } from './sessions/session.js';
import { SimulatedSqlSession } from './sessions/sql-session.js';
import { Lineage } from './state/lineage.js';
import type { TablesEffect } from './state/tables.js';
import { World } from './world.js';

export interface ClusterRequest {
  readonly nodes: number;
  readonly seed: number;
  readonly behaviour: Behaviour;
  readonly conditions: NetworkConditions;
}

/** A cluster that has not found its leader by then is launched all the same, and says so when asked. */
const START_NS = 60e9;
/** How long somebody who asks for the leader waits while nobody leads. */
const LEADER_PATIENCE_NS = 10e9;
const LOOK_NS = 20e6;
/** Nodes that may join those of the beginning. */
const SPARE = 4;

/** What can be done to it. */
export const ABILITIES = [
  'network',
  'processes',
  'freezer',
  'power',
  'clocks',
  'orchestrator',
  'membership',
  'failover',
  'logs',
  'disks',
  'traffic',
  'backups',
  'work',
] as const satisfies readonly Ability[];

const SESSIONS = {
  kv: SimulatedKvSession,
  sql: SimulatedSqlSession,
  queue: SimulatedQueueSession,
  lock: SimulatedLockSession,
} as const;

/** A cluster in this process on virtual time. The same seed and the same calls give the same answers at the same times. */
export class SimulatedCluster implements Cluster {
  readonly abilities: Pick<Required<Abilities>, (typeof ABILITIES)[number]>;
  readonly versions = { simulated: '2' };
  /** Its time: a run on this cluster takes place in it. */
  readonly virtualClock = new World();
  readonly phases = phasesOf({
    world: this.virtualClock,
    nodes: () => this.listed(),
    name: ({ id }) => this.names[id],
  });
  private readonly network: Network;
  private readonly chance: Chance;
  private readonly lineage = new Lineage<TablesEffect>();
  private readonly machines: Node[] = [];
  private readonly names: string[] = [];
  /** Of each node: how often it moved, and its volume was replaced; what clients know of it. */
  private readonly whereabouts: { place: number; volume: number; listed: boolean }[] = [];
  private readonly followers = new Set<(node: string, line: string) => void>();
  private readonly sessions = new Set<SimulatedSession>();
  private opened = 0;
  private places = 0;

  constructor(private readonly request: ClusterRequest) {
    const { nodes, seed, conditions } = request;
    this.chance = new Chance(seed);
    this.network = new Network(this.virtualClock, this.chance, conditions, nodes + SPARE);
    const founders = Array.from({ length: nodes }, (_, at) => at);
    for (const id of founders) this.provide(`n${id + 1}`, founders);
    for (const at of founders) this.whereabouts[at].listed = true;
    for (const machine of this.machines) machine.start();
    const ground = this.ground();
    this.abilities = {
      network: networkOf(ground),
      processes: processesOf(ground),
      freezer: freezerOf(ground),
      power: powerOf(ground),
      clocks: clocksOf(ground),
      orchestrator: orchestratorOf(ground),
      membership: membershipOf(ground),
      failover: failoverOf(ground),
      logs: logsOf(ground),
      disks: disksOf(ground),
      traffic: trafficOf(ground),
      backups: backupsOf(ground),
      work: workOf(ground),
    };
    // Whoever launches a cluster is no part of its time yet.
    this.virtualClock.until(() => this.missing().length === 0, START_NS);
  }

  get nodes(): readonly ClusterNode[] {
    return this.listed().map(({ id }) => ({ name: this.names[id], address: this.address(id) }));
  }

  open<F extends SessionFamily>(family: F, name: string, { timeoutMs }: SessionOptions): Promise<SessionsByFamily[F]> {
    const node = this.machines[this.names.indexOf(name)] as Node | undefined;
    if (node === undefined) return Promise.reject(new Error(`no node ${name}`));
    const { network, virtualClock: world } = this;
    return world.answer((resolve, reject) => {
      const reached = network.packet(network.clients, node.id) && network.packet(node.id, network.clients);
      const delayNs = reached ? 2 * network.latency() : timeoutMs * 1e6;
      world.in(delayNs, () => {
        // Neither sent anything: certainly nothing happened.
        if (!reached) reject(failure('fail', 'connect-timeout', `${name} did not answer`));
        else if (node.process === 'dead') reject(failure('fail', 'refused', `${name} refused`));
        else resolve(this.session(family, node, timeoutMs) as unknown as SessionsByFamily[F]);
      });
    });
  }

  /** Where nobody leads, somebody soon will: the answer waits for it, for a while. */
  primaries(): Promise<readonly string[]> {
    const { virtualClock: world } = this;
    const deadline = world.nowNs() + LEADER_PATIENCE_NS;
    return world.answer((resolve) => {
      const look = () => {
        const found = this.listed().filter((node) => leads(node));
        if (found.length > 0 || world.nowNs() >= deadline) resolve(found.map(({ id }) => this.names[id]));
        else world.in(LOOK_NS, look);
      };
      look();
    });
  }

  /** Every node runs and knows the leader. */
  ready(timeoutMs: number): Promise<void> {
    const { virtualClock: world } = this;
    const deadline = world.nowNs() + timeoutMs * 1e6;
    if (this.missing().length === 0) return Promise.resolve();
    return world.answer((resolve, reject) => {
      const look = () => {
        const left = this.missing();
        if (left.length === 0) resolve();
        else if (world.nowNs() >= deadline) reject(new Error(`not ready: ${left.join(', ')}`));
        else world.in(LOOK_NS, look);
      };
      look();
    });
  }

  async collectLogs(directory: string): Promise<void> {
    for (const { id, raft, process, lines } of this.machines) {
      const folder = join(directory, this.names[id]);
      await mkdir(folder, { recursive: true });
      const state = `${process}, ${raft.role} in term ${raft.term}`;
      await writeFile(join(folder, 'simulated.log'), `${[...lines, state].join('\n')}\n`);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  private session(family: SessionFamily, node: Node, timeoutMs: number): SimulatedSession {
    const connection: Connection = {
      ...{ node, nodes: this.machines, timeoutMs },
      ...{ world: this.virtualClock, network: this.network, id: ++this.opened },
      forget: (gone) => this.sessions.delete(gone),
    };
    const session = new SESSIONS[family](connection);
    this.sessions.add(session);
    return session;
  }

  private provide(name: string, founders: readonly number[]): Node {
    const id = this.machines.length;
    if (id >= this.network.nodes) throw new Error(`no machine left for ${name}: there are ${this.network.nodes}`);
    const around = {
      ...{ world: this.virtualClock, network: this.network, chance: this.chance, peers: this.machines },
      ...{ behaviour: this.request.behaviour, lineage: this.lineage },
      told: ({ id }: Node, line: string) => this.followers.forEach((follower) => follower(this.names[id], line)),
    };
    const node = new Node(id, around, founders);
    if (founders.length === 0) node.raft.wipe();
    this.machines.push(node);
    this.names.push(name);
    this.whereabouts.push({ place: ++this.places, volume: this.places, listed: false });
    return node;
  }

  private ground(): Ground {
    return {
      ...{ world: this.virtualClock, network: this.network, nodes: this.machines, names: this.names },
      followers: this.followers,
      died: (node) => this.reset(node),
      provide: (name) => this.provide(name, []),
      address: ({ id }) => this.address(id),
      volume: ({ id }) => `volume-${this.whereabouts[id].volume}`,
      move: (node, volume) => {
        node.place++;
        const where = this.whereabouts[node.id];
        where.place = ++this.places;
        if (volume === 'wiped') where.volume = this.places;
      },
      listed: () => this.listed(),
      list: ({ id }, how) => (this.whereabouts[id].listed = how === 'listed'),
    };
  }

  private address(id: number): string {
    return `simulated:${this.whereabouts[id].place}`;
  }

  private listed(): readonly Node[] {
    return this.machines.filter(({ id }) => this.whereabouts[id].listed);
  }

  /** Nodes that do not run or do not know who leads. */
  private missing(): readonly string[] {
    const joined = ({ runs, raft }: Node) => runs && raft.leader >= 0 && leads(this.machines[raft.leader]);
    return this.listed()
      .filter((node) => !joined(node))
      .map(({ id }) => this.names[id]);
  }

  private reset(node: Node): void {
    for (const session of this.sessions) {
      // The last packet of a dead process' machine; lost like any other where the way is cut.
      if (!this.network.packet(node.id, this.network.clients)) continue;
      this.virtualClock.in(this.network.latency(), () => session.reset(node));
    }
  }
}

function leads({ runs, raft }: Node): boolean {
  return runs && raft.role === 'leader';
}
