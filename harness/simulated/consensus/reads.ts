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
    const ready = this.reads.filter(({ round }) => round <= confirmedRound);
    if (ready.length === 0) return;
    this.reads = this.reads.filter(({ round }) => round > confirmedRound);
    for (const { serve } of ready) serve();
  }

  takeAll(): readonly PendingRead[] {
    const { reads } = this;
    this.reads = [];
    return reads;
  }
}
