import type { Command, Outcome } from '../state/command.js';
import { Store } from '../state/store.js';
import { Disk } from './disk.js';
import type { Host } from './host.js';
import { Lease } from './lease.js';
import { type Entry, Log } from './log.js';
import type { Append, AppendAnswer, VoteRequest } from './messages.js';
import { agreed, majority } from './quorum.js';
import { type Lost, PendingReads } from './reads.js';
import { TIMES } from './times.js';
import { Timestamps } from './timestamps.js';

type Done = (outcome: Outcome) => void;

interface Proposal {
  readonly term: number;
  readonly done: Done;
  readonly lost: Lost;
}

/** Entries in one message. */
const MAX_ENTRIES = 1000;
/** A learner that lacks no more than so many entries is fit to be a member. */
const CAUGHT_UP = 20;

/**
 * Consensus on a log, after Raft (Ongaro and Ousterhout, 2014), with reads confirmed by a round of heartbeats, and
 * members that come and go one at a time (Ongaro's thesis, section 4.1, with its correction of 2015: a leader changes
 * nothing before it has committed an entry of its own term).
 */
export class Raft {
  role: 'follower' | 'candidate' | 'leader' = 'follower';
  term = 0;
  leader = -1;
  readonly log: Log;
  readonly disk: Disk;
  private votedFor = -1;
  private electionDeadline = 0;
  private votes = 0;
  private heartbeatDue = 0;
  private next: number[] = [];
  private match: number[] = [];
  /** Of each peer: the latest round it answered, and when it was heard from (own clock). */
  private rounds: number[] = [];
  private heard: number[] = [];
  private round = 0;
  /** Those who get the log and have no say yet. */
  private readonly learners = new Set<number>();
  private readonly lease = new Lease();
  private readonly proposals = new Map<number, Proposal>();
  private readonly reads = new PendingReads();
  private readonly timestamps: Timestamps;
  private forgetful = false;
  private snapshot = { entries: 1 };
  /** What the leader said last of how far everybody is. */
  private told = { commit: 0, term: 0 };

  constructor(
    private readonly host: Host,
    founders: readonly number[],
  ) {
    const { behaviour } = host;
    this.log = new Log(
      founders,
      new Store(behaviour.reads === 'forked-state' ? 'keeps-past' : 'forgets'),
      () => host.worldNs(),
      (index, entry, outcome) => this.applied(index, entry, outcome),
    );
    this.timestamps = new Timestamps(behaviour.order);
    this.disk = new Disk(
      () => ({ term: this.term, votedFor: this.votedFor, entries: this.log.length }),
      (run) => host.later(TIMES.syncNs.least + host.draw(TIMES.syncNs.spread), run),
      behaviour.disks === 'lying' ? (run) => host.later(TIMES.backgroundSyncNs, run) : undefined,
    );
  }

  start(): void {
    this.heard = this.peers(this.host.clockNs());
    this.hopeForLeader();
    this.host.later(this.host.draw(TIMES.tickNs), () => this.tick());
    const { syncs, restoresFrom } = this.host.behaviour;
    if (syncs === 'in-background') this.every(TIMES.backgroundSyncNs, () => this.disk.sync(() => undefined));
    if (restoresFrom === 'snapshot')
      this.every(TIMES.snapshotNs, () => (this.snapshot = { entries: this.log.applied + 1 }));
  }

  /** What is left of it when the process dies. Answers how many entries of the log are gone. */
  crash(loses: 'nothing' | 'unsynced'): number {
    let length = this.log.length;
    const before = length;
    this.disk.forgetWaiting();
    if (loses === 'unsynced') {
      const { term, votedFor, entries } = this.disk.afterPowerLoss();
      this.term = term;
      this.votedFor = votedFor;
      length = entries;
    }
    if (this.host.behaviour.restoresFrom === 'snapshot') {
      length = Math.min(length, this.snapshot.entries);
      this.disk.truncated(length);
    }
    this.role = 'follower';
    this.leader = -1;
    this.proposals.clear();
    this.reads.takeAll();
    this.log.restart(length);
    if (this.host.behaviour.catchesUp === 'skipping') this.skip();
    return before - length;
  }

  /** Takes for done what it lacks, when it was told of it before it died. */
  private skip(): void {
    while (this.log.last < this.told.commit) this.log.append({ term: this.told.term, command: undefined });
  }

  /** Whether it lacks what a leader told it is decided. */
  get isBehind(): boolean {
    return this.role !== 'leader' && this.log.last < this.told.commit;
  }

  /** Whether it leads and has decided nothing in its term yet. */
  get isUnsettled(): boolean {
    return this.role === 'leader' && this.log.termAt(this.log.commit) !== this.term;
  }

  /** A machine that is new: it knows nothing and belongs to nobody until it is made a member. */
  wipe(): void {
    this.term = 0;
    this.votedFor = -1;
    this.snapshot = { entries: 1 };
    this.told = { commit: 0, term: 0 };
    this.log.wipe();
    this.disk.format();
    this.forgetful = this.host.behaviour.quorum === 'forgotten';
  }

  /** A machine on whose disk is what a backup holds, as a member of a cluster that begins with that. */
  restore(entries: readonly Entry[], members: readonly number[]): void {
    this.wipe();
    for (const entry of entries) this.log.append(entry);
    this.log.append({ term: this.log.termAt(this.log.last), command: undefined, members });
    this.term = this.log.termAt(this.log.last);
    this.snapshot = { entries: this.log.length };
    this.disk.install();
  }

  /** Whether the leader may be trusted to know everything that was committed before its term. */
  private get settled(): boolean {
    return this.log.termAt(this.log.commit) === this.term || this.host.behaviour.acknowledges === 'proposed';
  }

  /** Appends a command as the leader and says what became of it. */
  propose(command: Command, done: Done, lost: Lost): void {
    const { acknowledges, replicates } = this.host.behaviour;
    const index = this.log.append({ term: this.term, command: this.timestamps.stamped(command) });
    this.proposals.set(index, { term: this.term, done, lost });
    this.storedOwn(index);
    const early = acknowledges === 'proposed' || (acknowledges === 'proposed-at-first' && !this.settled);
    if (early) this.log.applyUpTo(index);
    if (replicates === 'at-once') this.replicateAll();
  }

  /**
   * As the leader, one step towards a cluster with or without a node; to be called again until `done`. One change at a
   * time, and only one node: then every majority before overlaps with every majority after.
   */
  reconfigure(node: number, wanted: 'member' | 'none'): 'done' | 'under-way' {
    const { log } = this;
    const isMember = log.members.includes(node);
    if (log.commit < log.membersIndex || !this.settled) return 'under-way';
    if (isMember === (wanted === 'member')) {
      this.learners.delete(node);
      return 'done';
    }
    if (wanted === 'member' && !this.caughtUp(node)) return 'under-way';
    this.learners.delete(node);
    const members = isMember ? log.members.filter((each) => each !== node) : [...log.members, node];
    const index = log.append({ term: this.term, command: undefined, members });
    this.host.note(`members ${members.map((each) => each + 1).join(' ')} at ${index}`);
    this.storedOwn(index);
    this.replicateAll();
    return 'under-way';
  }

  private caughtUp(node: number): boolean {
    if (!this.learners.has(node)) {
      this.learners.add(node);
      this.next[node] = this.log.length;
      this.match[node] = 0;
      this.rounds[node] = 0;
    }
    return this.match[node] > 0 && this.match[node] >= this.log.commit - CAUGHT_UP;
  }

  /** Calls back when the leader is sure to have led after the call. */
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
    const store = this.log.machine.store.copy();
    for (let index = this.log.applied + 1; index < this.log.length; index++) {
      const { command } = this.log.at(index);
      // Written before it is known whether the transaction goes through.
      if (command?.kind === 'kv') store.apply({ ...command, conditions: [] }, this.host.worldNs());
    }
    return store;
  }

  private every(periodNs: number, run: () => unknown): void {
    this.host.later(periodNs, () => {
      run();
      this.every(periodNs, run);
    });
  }

  private tick(): void {
    this.host.later(TIMES.tickNs, () => this.tick());
    const now = this.host.clockNs();
    if (this.role === 'leader') {
      if (this.host.behaviour.leadership === 'checked' && !this.hearsMajority(now)) this.follow(this.term, -1);
      else if (now >= this.heartbeatDue) {
        this.round++;
        this.replicateAll();
      }
    } else if (now >= this.electionDeadline && this.log.members.includes(this.host.id)) this.campaign();
  }

  private hearsMajority(now: number): boolean {
    const { least, spread } = TIMES.electionNs;
    return this.heardSince(now - least - spread) >= this.quorum;
  }

  private heardSince(time: number): number {
    let count = 0;
    for (const peer of this.log.members) if (peer === this.host.id || this.heard[peer] >= time) count++;
    return count;
  }

  private get quorum(): number {
    if (this.forgetful) return 2;
    if (this.host.behaviour.quorum !== 'reachable') return majority(this.log.members.length);
    return majority(this.heardSince(this.host.clockNs() - TIMES.reachableNs));
  }

  private hopeForLeader(): void {
    const { least, spread } = TIMES.electionNs;
    this.electionDeadline = this.host.clockNs() + least + this.host.draw(spread);
  }

  private campaign(): void {
    this.setLeader(-1);
    this.role = 'candidate';
    this.term++;
    this.votedFor = this.host.id;
    this.votes = 0;
    this.hopeForLeader();
    const { term } = this;
    this.host.note(`candidate in term ${term}`);
    this.persisted(() => this.voted(term, this.host.id));
    const lastIndex = this.log.last;
    const request = { term, candidate: this.host.id, lastIndex, lastTerm: this.log.termAt(lastIndex) };
    for (const peer of this.log.members) {
      if (peer !== this.host.id) this.host.send(peer, (other) => other.onVoteRequest(request));
    }
  }

  onVoteRequest(request: VoteRequest): void {
    this.heard[request.candidate] = this.host.clockNs();
    if (request.term > this.term) this.follow(request.term, -1);
    if (request.term < this.term) return;
    const { last } = this.log;
    const lastTerm = this.log.termAt(last);
    const complete = request.lastTerm > lastTerm || (request.lastTerm === lastTerm && request.lastIndex >= last);
    if (!complete && this.host.behaviour.votesFor === 'complete-logs') return;
    if (this.votedFor !== -1 && this.votedFor !== request.candidate) return;
    this.votedFor = request.candidate;
    this.hopeForLeader();
    const { term } = this;
    this.persisted(() => this.host.send(request.candidate, (peer) => peer.onVote(term, this.host.id)));
  }

  onVote(term: number, from: number): void {
    this.heard[from] = this.host.clockNs();
    this.voted(term, from);
  }

  private voted(term: number, from: number): void {
    if (this.role !== 'candidate' || term !== this.term || !this.log.members.includes(from)) return;
    this.votes++;
    if (this.votes >= this.quorum) this.lead();
  }

  private lead(): void {
    const now = this.host.clockNs();
    this.role = 'leader';
    this.next = this.peers(this.log.length);
    this.match = this.peers(0);
    this.rounds = this.peers(0);
    if (this.host.behaviour.quorum !== 'reachable') this.heard = this.peers(now);
    this.round = 1;
    this.learners.clear();
    this.lease.clear();
    this.timestamps.begin(this.log);
    this.host.note(`leader in term ${this.term}`);
    this.storedOwn(this.log.append({ term: this.term, command: undefined }));
    this.setLeader(this.host.id);
    this.replicateAll();
  }

  /** Whatever was under way here is somebody else's now. */
  private follow(term: number, leader: number): void {
    if (term > this.term) {
      this.term = term;
      this.votedFor = -1;
    }
    const led = this.role === 'leader';
    this.role = 'follower';
    if (led) {
      this.host.note(`leads no more in term ${this.term}`);
      this.hopeForLeader();
      const lost = [...this.proposals.values(), ...this.reads.takeAll()];
      this.proposals.clear();
      if (this.log.applied > this.log.commit) this.log.replay();
      for (const each of lost) each.lost('deposed');
    }
    this.setLeader(leader);
  }

  private setLeader(leader: number): void {
    if (leader === this.leader) return;
    this.leader = leader;
    this.host.leaderChanged();
  }

  private replicateAll(): void {
    const now = this.host.clockNs();
    this.heartbeatDue = now + (this.host.behaviour.replicates === 'in-batches' ? TIMES.batchNs : TIMES.heartbeatNs);
    if (this.host.behaviour.reads === 'lease') this.lease.asked(this.round, this.host.wallNs());
    for (const peer of this.log.members) if (peer !== this.host.id) this.replicate(peer);
    for (const learner of this.learners) this.replicate(learner);
  }

  private replicate(to: number): void {
    const previousIndex = this.next[to] - 1;
    const entries = this.log.from(previousIndex + 1, MAX_ENTRIES);
    // Sent is as good as arrived; a follower that misses some says so.
    this.next[to] += entries.length;
    const append: Append = {
      term: this.term,
      leader: this.host.id,
      previousIndex,
      previousTerm: this.log.termAt(previousIndex),
      entries,
      commit: this.log.commit,
      round: this.round,
    };
    this.host.send(to, (peer) => peer.onAppend(append));
  }

  onAppend(append: Append): void {
    const { term, leader, previousIndex, entries, round } = append;
    this.heard[leader] = this.host.clockNs();
    const from = this.host.id;
    const answer = (accepted: boolean, index: number): void => {
      const reply = { term: this.term, from, round, accepted, index };
      this.host.send(leader, (peer) => peer.onAppendAnswer(reply));
    };
    if (term < this.term) return answer(false, 0);
    this.told = { commit: append.commit, term: append.previousTerm };
    if (term > this.term || this.role !== 'follower' || this.leader !== leader) this.follow(term, leader);
    this.hopeForLeader();
    if (previousIndex >= this.log.length) return answer(false, this.log.last);
    if (this.log.termAt(previousIndex) !== append.previousTerm) return answer(false, Math.max(0, previousIndex - 1));
    const removed = this.log.merge(previousIndex, entries);
    if (removed !== undefined) this.disk.truncated(removed);
    const index = previousIndex + entries.length;
    this.log.commitUpTo(Math.min(append.commit, index));
    if (this.disk.has(index + 1)) answer(true, index);
    else this.persisted(() => term === this.term && answer(true, index));
  }

  onAppendAnswer(answer: AppendAnswer): void {
    const { term, from, accepted, index, round } = answer;
    this.heard[from] = this.host.clockNs();
    if (term > this.term) this.follow(term, -1);
    if (this.role !== 'leader' || term !== this.term) return;
    if (round > this.rounds[from]) {
      this.rounds[from] = round;
      if (this.host.behaviour.reads === 'lease') this.lease.confirmed(this.confirmedRound);
    }
    if (accepted) {
      this.next[from] = Math.max(this.next[from], index + 1);
      this.matched(from, index);
    } else {
      this.next[from] = Math.max(1, Math.min(index + 1, this.log.length));
      this.replicate(from);
    }
    this.serveReads();
  }

  private matched(node: number, index: number): void {
    if (this.role !== 'leader' || index >= this.log.length) return;
    this.match[node] = Math.max(this.match[node], index);
    const reached = agreed(this.match, this.quorum, this.log.members);
    // An entry of an earlier term may still be replaced, however many have it (Raft, figure 8).
    if (reached <= this.log.commit || this.log.termAt(reached) !== this.term) return;
    this.log.commitUpTo(reached);
    this.serveReads();
    // A leader that is not a member any more has led for the last time.
    const { members, membersIndex, commit } = this.log;
    if (commit >= membersIndex && !members.includes(this.host.id)) this.follow(this.term, -1);
  }

  private storedOwn(index: number): void {
    const { term } = this;
    // In a later term another entry may stand there.
    this.persisted(() => term === this.term && this.matched(this.host.id, index));
  }

  private get confirmedRound(): number {
    this.rounds[this.host.id] = this.round;
    return agreed(this.rounds, this.quorum, this.log.members);
  }

  private serveReads(): void {
    if (this.reads.length > 0 && this.settled) this.reads.serve(this.confirmedRound);
  }

  private applied(index: number, { term, command }: Entry, outcome: Outcome | undefined): void {
    const proposal = this.proposals.get(index);
    if (proposal === undefined) return;
    this.proposals.delete(index);
    if (proposal.term === term && command !== undefined) proposal.done(outcome!);
  }

  private persisted(done: () => unknown): void {
    if (this.host.behaviour.syncs === 'in-background') done();
    else this.disk.sync(done);
  }

  private peers(value: number): number[] {
    return new Array<number>(this.host.places).fill(value);
  }
}
