import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Abilities,
  type Cluster,
  type ClusterNode,
  SessionError,
  type SessionFamily,
  type SessionOptions,
  type SessionsByFamily,
} from '../../docker/system.js';
import { abilitiesOf } from './abilities.js';
import type { Behaviour } from './behaviour.js';
import { Chance } from './chance.js';
import { Network, type NetworkConditions } from './network.js';
import { Node, type NodeClock } from './node.js';
import { SimulatedSession } from './session.js';
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

/** A cluster in this process on virtual time. The same seed and the same calls give the same answers at the same times. */
export class SimulatedCluster implements Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly abilities: Required<Pick<Abilities, 'network' | 'processes' | 'freezer'>>;
  readonly versions = { simulated: '1' };
  /** Its time: a run on this cluster takes place in it. */
  readonly virtualClock = new World();
  private readonly network: Network;
  private readonly machines: Node[] = [];
  private readonly sessions = new Set<SimulatedSession>();

  constructor({ nodes, seed, behaviour, conditions }: ClusterRequest) {
    const chance = new Chance(seed);
    const names = Array.from({ length: nodes }, (_, at) => `n${at + 1}`);
    this.nodes = names.map((name, at) => ({ name, address: `simulated:${at + 1}` }));
    this.network = new Network(this.virtualClock, chance, conditions, nodes);
    for (let id = 0; id < nodes; id++) {
      const clock = clockOf(behaviour.clocks, chance);
      this.machines.push(new Node(id, this.machines, this.virtualClock, this.network, chance, behaviour, clock));
    }
    for (const machine of this.machines) machine.start();
    this.abilities = abilitiesOf({
      world: this.virtualClock,
      network: this.network,
      nodes: this.machines,
      names,
      died: (node) => this.reset(node),
    });
    // Whoever launches a cluster is no part of its time yet.
    this.virtualClock.until(() => this.missing().length === 0, START_NS);
  }

  open<F extends SessionFamily>(family: F, name: string, options: SessionOptions): Promise<SessionsByFamily[F]> {
    if (family !== 'kv') return Promise.reject(new Error(`the simulated cluster has no sessions of family ${family}`));
    const at = this.nodes.findIndex((node) => node.name === name);
    const machine = this.machines[at];
    const { network, virtualClock: world } = this;
    const { timeoutMs } = options;
    return world.answer((resolve, reject) => {
      const reached = network.packet(network.clients, at) && network.packet(at, network.clients);
      const delayNs = reached ? 2 * network.latency() : timeoutMs * 1e6;
      world.in(delayNs, () => {
        // Neither sent anything: certainly nothing happened.
        if (!reached) reject(new SessionError('fail', 'connect-timeout', `${name} did not answer`));
        else if (machine.process === 'dead') reject(new SessionError('fail', 'refused', `${name} refused`));
        else {
          const session = new SimulatedSession(machine, world, network, timeoutMs, (gone) =>
            this.sessions.delete(gone),
          );
          this.sessions.add(session);
          resolve(session as unknown as SessionsByFamily[F]);
        }
      });
    });
  }

  /** Where nobody leads, somebody soon will: the answer waits for it, for a while. */
  primaries(): Promise<readonly string[]> {
    const { virtualClock: world } = this;
    const deadline = world.nowNs() + LEADER_PATIENCE_NS;
    const leaders = () => this.nodes.filter((_, at) => this.leads(this.machines[at])).map(({ name }) => name);
    return world.answer((resolve) => {
      const look = () => {
        const found = leaders();
        if (found.length > 0 || world.nowNs() >= deadline) resolve(found);
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
    for (const [at, { name }] of this.nodes.entries()) {
      const { raft, process } = this.machines[at];
      await mkdir(join(directory, name), { recursive: true });
      await writeFile(join(directory, name, 'state.txt'), `${process}, ${raft.role} in term ${raft.term}\n`);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** Nodes that do not run or do not know who leads. */
  private missing(): readonly string[] {
    const joined = ({ runs, raft }: Node) => runs && raft.leader >= 0 && this.leads(this.machines[raft.leader]);
    return this.nodes.filter((_, at) => !joined(this.machines[at])).map(({ name }) => name);
  }

  private leads({ runs, raft }: Node): boolean {
    return runs && raft.role === 'leader';
  }

  private reset(node: Node): void {
    for (const session of this.sessions) {
      // The last packet of a dead process' machine; lost like any other where the way is cut.
      if (!this.network.packet(node.id, this.network.clients)) continue;
      this.virtualClock.in(this.network.latency(), () => session.reset(node));
    }
  }
}

function clockOf(quality: Behaviour['clocks'], chance: Chance): NodeClock {
  const rate = 1 + (chance.int(201) - 100) / 1e6;
  if (quality === 'good') return { rate, wallRate: rate, wallOffsetNs: chance.int(5e6) };
  // Times of day that go at a tenth of the pace of others, and are half a second off.
  return { rate, wallRate: 0.1 + chance.int(1000) / 1000, wallOffsetNs: chance.int(500e6) };
}
