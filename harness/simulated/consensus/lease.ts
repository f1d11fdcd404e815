import { TIMES } from './times.js';

/** For how long a leader may believe to lead without asking, by the time of day. Right only where clocks are. */
export class Lease {
  private end = 0;
  /** When each round of heartbeats went out. */
  private readonly sent = new Map<number, number>();

  clear(): void {
    this.end = 0;
    this.sent.clear();
  }

  asked(round: number, wallNs: number): void {
    this.sent.set(round, wallNs);
  }

  /** A quorum answered this round. */
  confirmed(round: number): void {
    this.end = Math.max(this.end, (this.sent.get(round) ?? 0) + TIMES.leaseNs);
    for (const other of this.sent.keys()) if (other < round) this.sent.delete(other);
  }

  holds(wallNs: number): boolean {
    return wallNs < this.end;
  }
}
