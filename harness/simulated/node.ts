import type { KvOutcome } from '../../docker/system.js';
import { leaderLost, NO_LEADER, ok, type Reply, UNKNOWN } from './answer.js';
import type { Behaviour } from './behaviour.js';
import { checkedEarly } from './checks.js';
import type { Host } from './host.js';
import type { Chance } from './chance.js';
import type { Network } from './network.js';
import { Raft } from './raft.js';
import { type Command, readsOnly } from './store.js';
import type { World } from './world.js';

export interface NodeClock {
  /** Ns of the monotonic clock, by which timers go, in one ns of the world. */
  readonly rate: number;
  /** The same of the time of day, and how far that is ahead. */
  readonly wallRate: number;
  readonly wallOffsetNs: number;
}

interface Forwarded {
  readonly reply: Reply;
  readonly command: Command;
}

const MS = 1e6;
/** How long a node that sends requests again waits for the leader. */
const RETRY = { afterNs: 12 * MS, times: 3 } as const;
/** Between the writes of a transaction that is torn. */
const TORN_NS = 15 * MS;
/** How far the lagging half of the keys is behind. */
const FORK_NS = 150 * MS;
const TICK_NS = 10 * MS;

/** A machine with one database process on it, which can die, stop and freeze. */
export class Node {
  readonly raft: Raft;
  process: 'running' | 'stopped' | 'dead' = 'running';
  frozen = false;
  /** Grows with every start of the process: what belongs to an earlier one is dropped. */
  incarnation = 0;
  startedNs = 0;
  /** Events handled: stands for CPU time. */
  handled = 0;
  /** What arrived while it could not run. */
  private backlog: (() => void)[] = [];
  private readonly forwarded = new Map<number, Forwarded>();
  private serial = 0;

  constructor(
    readonly id: number,
    readonly peers: readonly Node[],
    private readonly world: World,
    private readonly network: Network,
    private readonly chance: Chance,
    private readonly behaviour: Behaviour,
    private readonly clock: NodeClock,
  ) {
    this.raft = new Raft(this.host());
  }

  start(): void {
    this.process = 'running';
    this.incarnation++;
    this.startedNs = this.world.nowNs();
    this.raft.start();
  }

  kill(): void {
    this.process = 'dead';
    this.incarnation++;
    this.backlog = [];
    this.forwarded.clear();
    this.raft.crash(this.behaviour.killLoses);
  }

  stop(): void {
    if (this.process === 'running') this.process = 'stopped';
  }

  continue(): void {
    if (this.process === 'stopped') this.process = 'running';
    this.catchUp();
  }

  thaw(): void {
    this.frozen = false;
    this.catchUp();
  }

  get runs(): boolean {
    return this.process === 'running' && !this.frozen;
  }

  /** Something arrives; a process that is stopped finds it when it goes on. */
  receive(handle: () => void): void {
    if (this.process === 'dead') return;
    if (!this.runs) {
      this.backlog.push(handle);
      return;
    }
    this.handled++;
    handle();
  }

  private catchUp(): void {
    const { backlog } = this;
    if (!this.runs) return;
    this.backlog = [];
    for (const handle of backlog) this.receive(handle);
  }

  /** A client's request. */
  request(command: Command, reply: Reply): void {
    if (readsOnly(command)) this.read(command, reply);
    else if (this.behaviour.order === 'clock-timestamps') {
      this.write({ ...command, timestamp: Math.floor(this.wallNs() / 1e3) }, reply);
    } else this.write(command, reply);
  }

  private read(command: Command, reply: Reply): void {
    const { reads } = this.behaviour;
    if (reads === 'own-state') reply(ok(this.raft.store.read(command)));
    else if (reads === 'forked-state') {
      const now = this.world.nowNs();
      reply(ok(this.raft.store.read(command, (key) => (this.lags(key) ? now - FORK_NS : now))));
    } else if (reads === 'each-key-anywhere') reply(ok(this.readPiecemeal(command)));
    else if (reads === 'any-state') this.readAnywhere(command, reply);
    else this.write(command, reply);
  }

  /** Prefixes are many keys, which are spread over the nodes by their last letter. */
  private readPiecemeal(command: Command): KvOutcome {
    const results = command.then.map((action) => {
      const seen = this.peers.map(
        ({ raft }) => raft.store.read({ ...command, conditions: [], then: [action] }).results[0],
      );
      return seen[this.id].flatMap(({ key }) => {
        const node = key.charCodeAt(key.length - 1) % this.peers.length;
        return seen[node].filter((entry) => entry.key === key);
      });
    });
    return { succeeded: true, results };
  }

  private lags(key: string): boolean {
    return (key.charCodeAt(key.length - 1) + this.id) % 2 === 0;
  }

  private readAnywhere(command: Command, reply: Reply): void {
    const node = this.peers[this.chance.int(this.peers.length)];
    if (node === this) {
      reply(ok(this.raft.store.read(command)));
      return;
    }
    this.send(node, () => {
      const answer = ok(node.raft.store.read(command));
      node.send(this, () => reply(answer));
    });
  }

  /** To the leader, wherever it is. */
  private write(command: Command, reply: Reply): void {
    const { leader, role } = this.raft;
    if (role === 'leader') this.execute(command, reply);
    else if (leader === -1) reply(NO_LEADER);
    else this.forward(command, reply, 0);
  }

  private forward(command: Command, reply: Reply, attempt: number): void {
    const { leader } = this.raft;
    if (leader === -1 || leader === this.id) {
      this.forwardLater(command, reply, attempt);
      return;
    }
    const serial = ++this.serial;
    this.forwarded.set(serial, { command, reply });
    const node = this.peers[leader];
    const answered: Reply = (answer) => {
      node.send(this, () => {
        if (this.forwarded.delete(serial)) reply(answer);
      });
    };
    this.send(node, () => {
      if (node.raft.role === 'leader') node.execute(command, answered);
      else
        answered({ kind: 'fail', code: 'not-leader', message: 'the node asked leads no more; nothing was proposed' });
    });
    if (this.behaviour.retries === 'blindly') this.forwardLater(command, reply, attempt, serial);
  }

  /** A request without an answer goes out again, though the first may have been carried out. */
  private forwardLater(command: Command, reply: Reply, attempt: number, serial?: number): void {
    if (attempt >= RETRY.times) return;
    this.later(RETRY.afterNs, () => {
      if (serial !== undefined && !this.forwarded.has(serial)) return;
      let open = true;
      const once: Reply = (answer) => {
        if (open) reply(answer);
        open = false;
        if (serial !== undefined) this.forwarded.delete(serial);
      };
      if (this.raft.role === 'leader') this.execute(command, once);
      else this.forward(command, once, attempt + 1);
    });
  }

  /** As the leader. */
  private execute(command: Command, reply: Reply): void {
    const lost = () => reply(UNKNOWN);
    if (readsOnly(command)) {
      const store = () => (this.behaviour.visible === 'proposed' ? this.raft.provisional() : this.raft.store);
      this.raft.confirm(() => reply(ok(store().read(command))), lost);
      return;
    }
    const checked = checkedEarly(command, this.behaviour, this.raft.store);
    const [first, ...others] = checked.then;
    const torn = this.behaviour.transactions === 'torn' && others.length > 0;
    this.raft.propose(
      torn ? { ...checked, then: [first] } : checked,
      (outcome) => {
        if (!torn || !outcome.succeeded) reply(ok(outcome));
        else this.later(TORN_NS, () => this.finishTorn({ conditions: [], then: others, otherwise: [] }, reply));
      },
      () => reply(leaderLost(command, this.behaviour)),
    );
  }

  private finishTorn(rest: Command, reply: Reply): void {
    if (this.raft.role !== 'leader') reply(leaderLost(rest, this.behaviour));
    else
      this.raft.propose(
        rest,
        (outcome) => reply(ok(outcome)),
        () => reply(leaderLost(rest, this.behaviour)),
      );
  }

  /** Requests that went to a leader who is none any more: nobody knows what became of them. */
  private leaderChanged(): void {
    if (this.behaviour.retries === 'blindly') return;
    const lost = [...this.forwarded.values()];
    this.forwarded.clear();
    for (const { reply } of lost) reply(UNKNOWN);
  }

  private send(to: Node, handle: () => void): void {
    this.network.send(this.id, to.id, () => to.receive(handle));
  }

  private clockNs(): number {
    return Math.floor(this.world.nowNs() * this.clock.rate);
  }

  private wallNs(): number {
    return Math.floor(this.world.nowNs() * this.clock.wallRate) + this.clock.wallOffsetNs;
  }

  private later(delayNs: number, run: () => void): void {
    const { incarnation } = this;
    const delay = Math.ceil(Math.max(delayNs, 1) / this.clock.rate);
    this.world.in(delay, () => {
      if (incarnation === this.incarnation) this.receive(run);
    });
  }

  private host(): Host {
    return {
      id: this.id,
      nodes: this.network.nodes,
      behaviour: this.behaviour,
      clockNs: () => this.clockNs(),
      wallNs: () => this.wallNs(),
      worldNs: () => this.world.nowNs(),
      draw: (bound) => this.chance.int(bound),
      later: (delayNs, run) => this.later(delayNs, run),
      send: (to, receive) => this.send(this.peers[to], () => receive(this.peers[to].raft)),
      leaderChanged: () => this.leaderChanged(),
    };
  }
}

/** Clock ticks of /proc after so many ns. */
export function ticksOf(ns: number): number {
  return Math.floor(ns / TICK_NS);
}
