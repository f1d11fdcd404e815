/** What was asked of the leader and is over. */
export type Lost = (what: 'deposed') => void;

interface PendingRead {
  readonly round: number;
  readonly serve: () => void;
  readonly lost: Lost;
}

/** Reads that wait until a quorum answered a round of heartbeats that began after them. */
export class PendingReads {
  private reads: PendingRead[] = [];

  get length(): number {
    return this.reads.length;
  }

  add(read: PendingRead): void {
    this.reads.push(read);
  }

  serve(confirmedRound: number): void {
    // Those that came first wait for the earliest rounds.
    let ready = 0;
    while (ready < this.reads.length && this.reads[ready].round <= confirmedRound) ready++;
    if (ready === 0) return;
    for (const { serve } of this.reads.splice(0, ready)) serve();
  }

  takeAll(): readonly PendingRead[] {
    const { reads } = this;
    this.reads = [];
    return reads;
  }
}
