import type { Command, Outcome } from '../state/command.js';
import type { Store } from '../state/store.js';
import type { Host } from './host.js';
import { Lease } from './lease.js';
import type { Entry, Log } from './log.js';
import type { Append, AppendAnswer } from './messages.js';
import { agreed } from './quorum.js';
import { type Lost, PendingReads } from './reads.js';
import type { Raft } from './raft.js';
import { TIMES } from './times.js';
import { Timestamps } from './timestamps.js';

export type Done = (outcome: Outcome) => void;

interface Proposal {
  readonly term: number;
  readonly done: Done;
  readonly lost: Lost;
}

/** What a leader needs of the node that leads. */
export interface Leader {
  readonly role: 'follower' | 'candidate' | 'leader';
  readonly term: number;
  /** Nodes whose agreement decides. */
  readonly quorum: number;
  readonly log: Log;
  /** Calls back when what was written so far is on the disk. */
  persisted(done: () => unknown): void;
  /** It leads no more. */
  resign(): void;
}

/** A message to followers. */
interface Parcel {
  readonly from: number;
  /** Number of entries. */
  readonly size: number;
  readonly receive: (peer: Raft) => void;
}

/** Entries in one message. */
const MAX_ENTRIES = 1000;
/** A learner that lacks no more than so many entries is fit to be a member. */
const CAUGHT_UP = 20;

/**
 * What a leader does: it proposes, replicates, commits and confirms reads by a round of heartbeats; members come and go
 * one at a time (Ongaro's thesis, section 4.1, with its correction of 2015: a leader changes nothing before it has
 * committed an entry of its own term).
 */
export class Leadership {
  private heartbeatDue = 0;
  private next: number[] = [];
  private match: number[] = [];
  /** Of each peer: the latest round it answered. */
  private rounds: number[] = [];
  private round = 0;
  /** Those who get the log and have no say yet. */
  private readonly learners = new Set<number>();
  private readonly lease = new Lease();
  private readonly proposals = new Map<number, Proposal>();
  private readonly reads = new PendingReads();
  private readonly timestamps: Timestamps;

  constructor(
    private readonly host: Host,
    private readonly leader: Leader,
  ) {
    this.timestamps = new Timestamps(host.behaviour.order);
  }

  /** Nothing is known of anybody's log yet. */
  begin(): void {
    const { log } = this.leader;
    this.next = this.peers(log.length);
    this.match = this.peers(0);
    this.rounds = this.peers(0);
    this.round = 1;
    this.learners.clear();
    this.lease.clear();
    this.timestamps.begin(log);
  }

  /** Answers what was under way. */
  end(): readonly { readonly lost: Lost }[] {
    const lost = [...this.proposals.values(), ...this.reads.takeAll()];
    this.proposals.clear();
    return lost;
  }

  /** Whether it may be trusted to know everything that was committed before its term. */
  get settled(): boolean {
    const { log, term } = this.leader;
    return log.termAt(log.commit) === term || this.host.behaviour.acknowledges === 'proposed';
  }

  propose(command: Command, done: Done, lost: Lost): void {
    const { acknowledges, replicates } = this.host.behaviour;
    const { log, term } = this.leader;
    const index = log.append({ term, command: this.timestamps.stamped(command) });
    this.proposals.set(index, { term, done, lost });
    this.storedOwn(index);
    const early = acknowledges === 'proposed' || (acknowledges === 'proposed-at-first' && !this.settled);
    if (early) log.applyUpTo(index);
    if (replicates === 'at-once') this.replicateAll();
  }

  applied(index: number, { term, command }: Entry, outcome: Outcome | undefined): void {
    const proposal = this.proposals.get(index);
    if (proposal === undefined) return;
    this.proposals.delete(index);
    if (proposal.term === term && command !== undefined) proposal.done(outcome!);
  }

  /**
   * One step towards a cluster with or without a node; to be called again until `done`. One change at a time, and only
   * one node: then every majority before overlaps with every majority after.
   */
  reconfigure(node: number, wanted: 'member' | 'none'): 'done' | 'under-way' {
    const { log, term } = this.leader;
    const isMember = log.members.includes(node);
    if (log.commit < log.membersIndex || !this.settled) return 'under-way';
    if (isMember === (wanted === 'member')) {
      this.learners.delete(node);
      return 'done';
    }
    if (wanted === 'member' && !this.caughtUp(node)) return 'under-way';
    this.learners.delete(node);
    const members = isMember ? log.members.filter((each) => each !== node) : [...log.members, node];
    const index = log.append({ term, command: undefined, members });
    this.host.note(`members ${members.map((each) => each + 1).join(' ')} at ${index}`);
    this.storedOwn(index);
    this.replicateAll();
    return 'under-way';
  }

  /** Calls back when it is sure to have led after the call. */
  confirm(serve: () => void, lost: Lost): void {
    const { reads } = this.host.behaviour;
    if (reads === 'leader' || (reads === 'lease' && this.lease.holds(this.host.wallNs()) && this.settled)) {
      serve();
      return;
    }
    this.round++;
    this.reads.add({ round: this.round, serve, lost });
    this.replicateAll();
    this.serveReads();
  }

  /** Keys and values with what was proposed but is not committed. */
  provisional(): Store {
    const { log } = this.leader;
    const store = log.machine.store.copy();
    for (let index = log.applied + 1; index < log.length; index++) {
      const { command } = log.at(index);
      // Written before it is known whether the transaction goes through.
      if (command?.kind === 'kv') store.apply({ ...command, conditions: [] }, this.host.worldNs());
    }
    return store;
  }

  /** Sends a heartbeat where it is time for one. */
  beat(nowNs: number): void {
    if (nowNs < this.heartbeatDue) return;
    this.round++;
    this.replicateAll();
  }

  replicateAll(): void {
    const now = this.host.clockNs();
    this.heartbeatDue = now + (this.host.behaviour.replicates === 'in-batches' ? TIMES.batchNs : TIMES.heartbeatNs);
    if (this.host.behaviour.reads === 'lease') this.lease.asked(this.round, this.host.wallNs());
    // Most lack the same.
    let parcel: Parcel | undefined;
    for (const peer of this.leader.log.members) {
      if (peer === this.host.id) continue;
      if (parcel?.from !== this.next[peer]) parcel = this.parcel(this.next[peer]);
      this.deliver(peer, parcel);
    }
    for (const learner of this.learners) this.replicate(learner);
  }

  /** The leader itself has an entry, once it is on its disk. */
  storedOwn(index: number): void {
    const { term } = this.leader;
    // In a later term another entry may stand there.
    this.leader.persisted(() => term === this.leader.term && this.matched(this.host.id, index));
  }

  answered({ from, accepted, index, round }: AppendAnswer): void {
    if (round > this.rounds[from]) {
      this.rounds[from] = round;
      if (this.host.behaviour.reads === 'lease') this.lease.confirmed(this.confirmedRound);
    }
    if (accepted) {
      this.next[from] = Math.max(this.next[from], index + 1);
      this.matched(from, index);
    } else {
      this.next[from] = Math.max(1, Math.min(index + 1, this.leader.log.length));
      this.replicate(from);
    }
    this.serveReads();
  }

  private replicate(to: number): void {
    this.deliver(to, this.parcel(this.next[to]));
  }

  private deliver(to: number, { size, receive }: Parcel): void {
    // Sent is as good as arrived; a follower that misses some says so.
    this.next[to] += size;
    this.host.send(to, receive);
  }

  /** What somebody gets who lacks everything from an entry on. */
  private parcel(from: number): Parcel {
    const { log, term } = this.leader;
    const entries = log.from(from, MAX_ENTRIES);
    const append: Append = {
      term,
      leader: this.host.id,
      previousIndex: from - 1,
      previousTerm: log.termAt(from - 1),
      entries,
      commit: log.commit,
      round: this.round,
    };
    return { from, size: entries.length, receive: (peer) => peer.onAppend(append) };
  }

  private caughtUp(node: number): boolean {
    const { log } = this.leader;
    if (!this.learners.has(node)) {
      this.learners.add(node);
      this.next[node] = log.length;
      this.match[node] = 0;
      this.rounds[node] = 0;
    }
    return this.match[node] > 0 && this.match[node] >= log.commit - CAUGHT_UP;
  }

  private matched(node: number, index: number): void {
    const { log, role, term, quorum } = this.leader;
    if (role !== 'leader' || index >= log.length) return;
    this.match[node] = Math.max(this.match[node], index);
    const reached = agreed(this.match, quorum, log.members);
    // An entry of an earlier term may still be replaced, however many have it (Raft, figure 8).
    if (reached <= log.commit || log.termAt(reached) !== term) return;
    log.commitUpTo(reached);
    this.serveReads();
    // A leader that is not a member any more has led for the last time.
    if (log.commit >= log.membersIndex && !log.members.includes(this.host.id)) this.leader.resign();
  }

  private get confirmedRound(): number {
    this.rounds[this.host.id] = this.round;
    return agreed(this.rounds, this.leader.quorum, this.leader.log.members);
  }

  private serveReads(): void {
    if (this.reads.length > 0 && this.settled) this.reads.serve(this.confirmedRound);
  }

  private peers(value: number): number[] {
    return new Array<number>(this.host.places).fill(value);
  }
}
