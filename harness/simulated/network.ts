import type { Impairment } from '../../docker/system.js';
import { BadLine, type Passage } from './bad-line.js';
import type { Chance } from './chance.js';
import { Event } from './events.js';
import type { World } from './world.js';

/** How messages travel. */
export interface NetworkConditions {
  /** Least time of a message on its way, ns; most take up to three times as long, some much longer. */
  readonly latencyNs: number;
  /** Of messages between nodes. */
  readonly lossProbability: number;
  /** Of messages between nodes: may arrive before those sent earlier. */
  readonly reorderProbability: number;
}

const GOOD: Passage = { lateNs: 0, order: 'kept' };

/** One message of a hundred is held up for up to so many latencies. */
const HELD_UP = { probability: 0.01, latencies: 40 } as const;

/** Places are numbers: nodes from 0, and all clients together as the last. */
export class Network {
  /** Packets dropped on a link that is cut, -1 on one that is not. */
  private readonly drops: Float64Array;
  private readonly latestArrival: Float64Array;
  /** Messages that arrived, by link. */
  private readonly arrivals: Float64Array;
  /** By link. */
  private readonly badLines = new Map<number, BadLine>();

  constructor(
    private readonly world: World,
    private readonly chance: Chance,
    private readonly conditions: NetworkConditions,
    readonly nodes: number,
  ) {
    this.drops = new Float64Array((nodes + 1) ** 2).fill(-1);
    this.latestArrival = new Float64Array((nodes + 1) ** 2);
    this.arrivals = new Float64Array((nodes + 1) ** 2);
  }

  get clients(): number {
    return this.nodes;
  }

  /** Sends a message; `arrive` happens when it does, and never where it is lost or dropped. */
  send(from: number, to: number, arrive: () => void): void {
    const link = this.link(from, to);
    const { lossProbability, reorderProbability } = this.conditions;
    const betweenNodes = from !== this.clients && to !== this.clients;
    if (betweenNodes && this.chance.happens(lossProbability)) return;
    const badLine = this.badLines.size === 0 ? undefined : this.badLines.get(link);
    const passage = badLine === undefined ? GOOD : badLine.pass(this.world.nowNs());
    if (passage === undefined) return;
    let arrival = this.world.nowNs() + this.latency() + passage.lateNs;
    if (passage.order === 'kept' && (!betweenNodes || !this.chance.happens(reorderProbability))) {
      // One connection: what was sent later arrives later.
      arrival = Math.max(arrival, this.latestArrival[link] + 1);
      this.latestArrival[link] = arrival;
    }
    this.world.plan(arrival - this.world.nowNs(), new Packet(this, link, arrive));
  }

  /** Whether a packet sent now would arrive; counts it where it is dropped. */
  packet(from: number, to: number): boolean {
    return this.passes(this.link(from, to));
  }

  /** Whether one that was on its way arrives; counts it where it is dropped. */
  passes(link: number): boolean {
    if (this.drops[link] < 0) return true;
    this.drops[link]++;
    return false;
  }

  /** One way, ns. */
  latency(): number {
    const { latencyNs } = this.conditions;
    const usual = latencyNs + this.chance.int(2 * latencyNs);
    return this.chance.happens(HELD_UP.probability) ? usual + this.chance.int(HELD_UP.latencies * latencyNs) : usual;
  }

  impair(from: number, to: number, impairment: Impairment): void {
    this.badLines.set(this.link(from, to), new BadLine(impairment, this.chance));
  }

  restore(): void {
    this.badLines.clear();
  }

  /** Undefined where the line is good. */
  badLine(from: number, to: number): BadLine | undefined {
    return this.badLines.get(this.link(from, to));
  }

  cut(from: number, to: number): void {
    const link = this.link(from, to);
    if (this.drops[link] < 0) this.drops[link] = 0;
  }

  heal(from: number, to: number): void {
    this.drops[this.link(from, to)] = -1;
  }

  healAll(): void {
    this.drops.fill(-1);
  }

  /** Counts a message that came in. */
  arrived(link: number): void {
    this.arrivals[link]++;
  }

  /** Messages that arrived there so far. */
  received(from: number, to: number): number {
    return this.arrivals[this.link(from, to)];
  }

  /** Undefined where the link is not cut. */
  dropped(from: number, to: number): number | undefined {
    const packets = this.drops[this.link(from, to)];
    return packets < 0 ? undefined : packets;
  }

  private link(from: number, to: number): number {
    return from * (this.nodes + 1) + to;
  }
}

/** A message on its way. */
class Packet extends Event {
  constructor(
    private readonly network: Network,
    private readonly link: number,
    private readonly arrive: () => void,
  ) {
    super();
  }

  happen(): void {
    if (!this.network.passes(this.link)) return;
    this.network.arrived(this.link);
    this.arrive();
  }
}
