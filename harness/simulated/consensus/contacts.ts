import type { Host } from './host.js';
import type { Log } from './log.js';
import { majority } from './quorum.js';
import { TIMES } from './times.js';

/** When each member was heard from last, by the node's own clock, and how many of them are a quorum. */
export class Contacts {
  /** A machine that joined and forgot how many belong to the cluster. */
  forgetful = false;
  private heard: number[] = [];

  constructor(
    private readonly host: Host,
    private readonly log: Log,
  ) {}

  /** As if everybody had just been heard from. */
  restart(): void {
    this.heard = new Array<number>(this.host.places).fill(this.host.clockNs());
  }

  hear(peer: number): void {
    this.heard[peer] = this.host.clockNs();
  }

  /** Whose majority decides. */
  get quorum(): number {
    if (this.forgetful) return 2;
    if (this.host.behaviour.quorum !== 'reachable') return majority(this.log.members.length);
    return majority(this.since(this.host.clockNs() - TIMES.reachableNs));
  }

  /** Whether a quorum was heard from within the longest time that an election waits. */
  hearsMajority(nowNs: number): boolean {
    const { least, spread } = TIMES.electionNs;
    return this.since(nowNs - least - spread) >= this.quorum;
  }

  private since(timeNs: number): number {
    let count = 0;
    for (const peer of this.log.members) if (peer === this.host.id || this.heard[peer] >= timeNs) count++;
    return count;
  }
}
