import type { KvOutcome } from '../../docker/system.js';
import { Disk } from './disk.js';
import type { Host } from './host.js';
import { type Append, type AppendAnswer, BEGINNING, type Entry, type VoteRequest } from './log.js';
import { Lease } from './lease.js';
import { agreed, majority } from './quorum.js';
import { type Lost, PendingReads } from './reads.js';
import type { Command } from './store.js';
import { Store } from './store.js';
import { TIMES } from './times.js';
import { Timestamps } from './timestamps.js';

type Done = (outcome: KvOutcome) => void;

interface Proposal {
  readonly term: number;
  readonly done: Done;
  readonly lost: Lost;
}

/** Entries in one message. */
const MAX_ENTRIES = 1000;

/** Consensus on a log, after Raft (Ongaro and Ousterhout, 2014), with reads confirmed by a round of heartbeats. */
export class Raft {
  role: 'follower' | 'candidate' | 'leader' = 'follower';
  term = 0;
  leader = -1;
  readonly store: Store;
  readonly disk: Disk;
  private votedFor = -1;
  private log: Entry[] = [BEGINNING];
  private commit = 0;
  private applied = 0;
  private electionDeadline = 0;
  private votes = 0;
  private heartbeatDue = 0;
  private next: number[] = [];
  private match: number[] = [];
  /** Of each peer: the latest round it answered, and when it was heard from (own clock). */
  private rounds: number[] = [];
  private heard: number[] = [];
  private round = 0;
  private readonly lease = new Lease();
  private readonly proposals = new Map<number, Proposal>();
  private readonly reads = new PendingReads();
  private readonly timestamps: Timestamps;
  private forgetful = false;
  private snapshot = { entries: 1 };

  constructor(private readonly host: Host) {
    this.store = new Store(host.behaviour.reads === 'forked-state' ? 'keeps-past' : 'forgets');
    this.timestamps = new Timestamps(host.behaviour.order);
    this.disk = new Disk(
      () => ({ term: this.term, votedFor: this.votedFor, entries: this.log.length }),
      (run) => host.later(TIMES.syncNs.least + host.draw(TIMES.syncNs.spread), run),
      host.behaviour.disks === 'lying' ? (run) => host.later(TIMES.backgroundSyncNs, run) : undefined,
    );
  }

  start(): void {
    this.heard = this.peers(this.host.clockNs());
    this.hopeForLeader();
    this.host.later(this.host.draw(TIMES.tickNs), () => this.tick());
    const { syncs, restoresFrom } = this.host.behaviour;
    if (syncs === 'in-background') this.every(TIMES.backgroundSyncNs, () => this.disk.sync(() => undefined));
    if (restoresFrom === 'snapshot')
      this.every(TIMES.snapshotNs, () => (this.snapshot = { entries: this.applied + 1 }));
  }

  /** What is left of it when the process dies. */
  crash(loses: 'nothing' | 'unsynced'): void {
    this.disk.forgetWaiting();
    if (loses === 'unsynced') {
      const { term, votedFor, entries } = this.disk.afterPowerLoss();
      this.term = term;
      this.votedFor = votedFor;
      this.log.length = entries;
    }
    if (this.host.behaviour.restoresFrom === 'snapshot') {
      this.log.length = Math.min(this.log.length, this.snapshot.entries);
      this.disk.truncated(this.log.length);
    }
    this.forgetful = this.host.behaviour.quorum === 'forgotten';
    this.role = 'follower';
    this.leader = -1;
    this.proposals.clear();
    this.reads.takeAll();
    this.commit = 0;
    this.replay();
  }

  /** Whether the leader may be trusted to know everything that was committed before its term. */
  private get settled(): boolean {
    return this.log[this.commit].term === this.term || this.host.behaviour.acknowledges === 'proposed';
  }

  /** Appends a command as the leader and says what became of it. */
  propose(command: Command, done: Done, lost: Lost): void {
    const { acknowledges, replicates } = this.host.behaviour;
    this.log.push({ term: this.term, command: this.timestamps.stamped(command) });
    const index = this.log.length - 1;
    this.proposals.set(index, { term: this.term, done, lost });
    this.storedOwn(index);
    if (acknowledges === 'proposed') this.applyUpTo(index);
    if (replicates === 'at-once') this.replicateAll();
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

  /** State with what was proposed but is not committed. */
  provisional(): Store {
    const store = this.store.copy();
    for (let at = this.applied + 1; at < this.log.length; at++) {
      const { command } = this.log[at];
      // Written before it is known whether the transaction goes through.
      if (command !== undefined) store.apply({ ...command, conditions: [] }, this.host.worldNs());
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
    } else if (now >= this.electionDeadline) this.campaign();
  }

  private hearsMajority(now: number): boolean {
    const { least, spread } = TIMES.electionNs;
    const since = now - least - spread;
    return this.heard.filter((time, peer) => peer === this.host.id || time >= since).length >= this.quorum;
  }

  private get quorum(): number {
    const { quorum } = this.host.behaviour;
    if (this.forgetful) return 2;
    if (quorum !== 'reachable') return majority(this.host.nodes);
    const since = this.host.clockNs() - TIMES.reachableNs;
    return majority(this.heard.filter((time, peer) => peer === this.host.id || time >= since).length);
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
    this.persisted(() => this.voted(term));
    const lastIndex = this.log.length - 1;
    const request = { term, candidate: this.host.id, lastIndex, lastTerm: this.log[lastIndex].term };
    this.toPeers((peer) => peer.onVoteRequest(request));
  }

  onVoteRequest(request: VoteRequest): void {
    this.heard[request.candidate] = this.host.clockNs();
    if (request.term > this.term) this.follow(request.term, -1);
    if (request.term < this.term) return;
    const last = this.log.length - 1;
    const lastTerm = this.log[last].term;
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
    this.voted(term);
  }

  private voted(term: number): void {
    if (this.role !== 'candidate' || term !== this.term) return;
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
    this.lease.clear();
    this.timestamps.begin(this.log);
    this.log.push({ term: this.term, command: undefined });
    const index = this.log.length - 1;
    this.storedOwn(index);
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
      this.hopeForLeader();
      const lost = [...this.proposals.values(), ...this.reads.takeAll()];
      this.proposals.clear();
      if (this.applied > this.commit) this.replay();
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
    for (let peer = 0; peer < this.host.nodes; peer++) if (peer !== this.host.id) this.replicate(peer);
  }

  private replicate(to: number): void {
    const previousIndex = this.next[to] - 1;
    const entries = this.log.slice(previousIndex + 1, previousIndex + 1 + MAX_ENTRIES);
    // Sent is as good as arrived; a follower that misses some says so.
    this.next[to] += entries.length;
    const append: Append = {
      term: this.term,
      leader: this.host.id,
      previousIndex,
      previousTerm: this.log[previousIndex].term,
      entries,
      commit: this.commit,
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
    if (term > this.term || this.role !== 'follower' || this.leader !== leader) this.follow(term, leader);
    this.hopeForLeader();
    if (previousIndex >= this.log.length) return answer(false, this.log.length - 1);
    if (this.log[previousIndex].term !== append.previousTerm) return answer(false, Math.max(0, previousIndex - 1));
    this.merge(previousIndex, entries);
    const index = previousIndex + entries.length;
    const commit = Math.min(append.commit, index);
    if (commit > this.commit) {
      this.commit = commit;
      this.applyUpTo(commit);
    }
    if (this.disk.has(index + 1)) answer(true, index);
    else this.persisted(() => term === this.term && answer(true, index));
  }

  private merge(previousIndex: number, entries: readonly Entry[]): void {
    entries.forEach((entry, at) => {
      const index = previousIndex + 1 + at;
      if (index < this.log.length && this.log[index].term !== entry.term) this.truncate(index);
      if (index >= this.log.length) this.log.push(entry);
    });
  }

  private truncate(length: number): void {
    this.log.length = length;
    this.disk.truncated(length);
    // A correct store never gets here with entries that were committed.
    this.commit = Math.min(this.commit, length - 1);
    if (this.applied >= length) this.replay();
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
    const reached = agreed(this.match, this.quorum);
    // An entry of an earlier term may still be replaced, however many have it (Raft, figure 8).
    if (reached <= this.commit || this.log[reached].term !== this.term) return;
    this.commit = reached;
    this.applyUpTo(reached);
    this.serveReads();
  }

  private storedOwn(index: number): void {
    const { term } = this;
    // In a later term another entry may stand there.
    this.persisted(() => term === this.term && this.matched(this.host.id, index));
  }

  private get confirmedRound(): number {
    this.rounds[this.host.id] = this.round;
    return agreed(this.rounds, this.quorum);
  }

  private serveReads(): void {
    if (this.reads.length > 0 && this.settled) this.reads.serve(this.confirmedRound);
  }

  private applyUpTo(index: number): void {
    while (this.applied < index) {
      this.applied++;
      const { term, command } = this.log[this.applied];
      const proposal = this.proposals.get(this.applied);
      this.proposals.delete(this.applied);
      if (command === undefined) continue;
      const outcome = this.store.apply(command, this.host.worldNs());
      if (proposal?.term === term) proposal.done(outcome);
    }
  }

  private replay(): void {
    this.store.clear();
    this.applied = 0;
    this.applyUpTo(this.commit);
  }

  private persisted(done: () => unknown): void {
    if (this.host.behaviour.syncs === 'in-background') done();
    else this.disk.sync(done);
  }

  private toPeers(receive: (peer: Raft) => void): void {
    for (let peer = 0; peer < this.host.nodes; peer++) if (peer !== this.host.id) this.host.send(peer, receive);
  }

  private peers(value: number): number[] {
    return new Array<number>(this.host.nodes).fill(value);
  }
}
