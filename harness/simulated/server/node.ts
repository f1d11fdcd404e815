import type { Behaviour } from '../behaviour.js';
import type { Chance } from '../chance.js';
import type { Host } from '../consensus/host.js';
import { Raft } from '../consensus/raft.js';
import type { Network } from '../network.js';
import type { Lineage } from '../state/lineage.js';
import type { TablesEffect } from '../state/tables.js';
import type { World } from '../world.js';
import { LockLeases } from './lock-leases.js';
import { Requests } from './requests.js';
import { Transactions } from './transactions.js';
import { WallClock } from './wall-clock.js';

/** What all nodes have in common. */
export interface Surroundings {
  readonly world: World;
  readonly network: Network;
  readonly chance: Chance;
  readonly behaviour: Behaviour;
  readonly lineage: Lineage<TablesEffect>;
  /** By number; grows when nodes are added. */
  readonly peers: readonly Node[];
  /** Somebody reads the log files. */
  readonly told: (node: Node, line: string) => void;
}

const MS = 1e6;
const TICK_NS = 10 * MS;
/** Lines kept of a node's log file. */
const LINES = 2000;

/** A machine with one database process on it, which can die, stop, freeze, lose its power and its disk. */
export class Node {
  readonly raft: Raft;
  readonly requests: Requests;
  readonly transactions: Transactions;
  readonly lockLeases: LockLeases;
  readonly wallClock: WallClock;
  process: 'running' | 'stopped' | 'dead' = 'dead';
  frozen = false;
  powered = true;
  /** How often its disk came up. */
  mounts = 1;
  /** Grows with every start of the process: what belongs to an earlier one is dropped. */
  incarnation = 0;
  /** Grows when it moves to another address: connections to an earlier one are dead. */
  place = 0;
  startedNs = 0;
  /** Events handled: stands for CPU time. */
  handled = 0;
  readonly lines: string[] = [];
  /** What arrived while it could not run. */
  private backlog: (() => void)[] = [];
  /** Ns of the monotonic clock, by which timers go, in one ns of the world. */
  private readonly rate: number;

  constructor(
    readonly id: number,
    readonly around: Surroundings,
    founders: readonly number[],
  ) {
    const { chance } = around;
    // Quartz: 1 in 10,000.
    this.rate = 1 + (chance.int(201) - 100) / 1e6;
    this.wallClock = new WallClock(this.rate, chance.int(5 * MS));
    this.raft = new Raft(this.host(), founders);
    this.requests = new Requests(this);
    this.transactions = new Transactions(this);
    this.lockLeases = new LockLeases(this);
  }

  start(): void {
    if (this.raft.disk.damaged) {
      this.note('the log does not match its checksums: not started');
      return;
    }
    this.process = 'running';
    this.incarnation++;
    this.startedNs = this.around.world.nowNs();
    this.note('started');
    this.raft.start();
    this.lockLeases.start();
  }

  kill(loses: 'nothing' | 'unsynced' = this.around.behaviour.killLoses): void {
    this.process = 'dead';
    this.incarnation++;
    this.backlog = [];
    this.requests.clear();
    this.transactions.clear();
    this.lockLeases.clear();
    const lost = this.raft.crash(loses);
    this.note(lost === 0 ? 'killed' : `killed; ${lost} entries of the log were not on the disk`);
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

  /** Over a connection that lasts as long as both ends stay where they are. */
  send(to: Node, handle: (raft: Raft) => void): void {
    const { place } = this;
    const other = to.place;
    this.around.network.send(this.id, to.id, () => to.hear(this, place, other, handle));
  }

  private hear(from: Node, fromPlace: number, place: number, handle: (raft: Raft) => void): void {
    if (!this.runs) {
      this.receive(() => {
        if (from.place === fromPlace && this.place === place) handle(this.raft);
      });
      return;
    }
    this.handled++;
    if (from.place === fromPlace && this.place === place) handle(this.raft);
  }

  /** After so many ns of its clock, unless the process died meanwhile. */
  later(delayNs: number, run: () => void): void {
    const { incarnation } = this;
    const delay = Math.ceil(Math.max(delayNs, 1) / this.rate);
    this.around.world.in(delay, () => {
      if (incarnation === this.incarnation) this.receive(run);
    });
  }

  clockNs(): number {
    return Math.floor(this.around.world.nowNs() * this.rate);
  }

  wallNs(): number {
    return this.wallClock.at(this.around.world.nowNs());
  }

  note(line: string): void {
    if (this.lines.length === LINES) this.lines.shift();
    const stamped = `${(this.around.world.nowNs() / 1e9).toFixed(6)} ${line}`;
    this.lines.push(stamped);
    this.around.told(this, stamped);
  }

  private catchUp(): void {
    const { backlog } = this;
    if (!this.runs) return;
    this.backlog = [];
    for (const handle of backlog) this.receive(handle);
  }

  private host(): Host {
    const { world, network, chance, behaviour, lineage, peers } = this.around;
    return {
      id: this.id,
      places: network.nodes,
      behaviour,
      lineage,
      clockNs: () => this.clockNs(),
      wallNs: () => this.wallNs(),
      worldNs: () => world.nowNs(),
      draw: (bound) => chance.int(bound),
      later: (delayNs, run) => this.later(delayNs, run),
      send: (to, receive) => this.send(peers[to], receive),
      leaderChanged: () => this.requests.leaderChanged(),
      note: (line) => this.note(line),
    };
  }
}

/** Clock ticks of /proc after so many ns. */
export function ticksOf(ns: number): number {
  return Math.floor(ns / TICK_NS);
}
