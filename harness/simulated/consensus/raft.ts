import type { Command } from '../state/command.js';
import { Machine } from '../state/machine.js';
import { Store } from '../state/store.js';
import { Tables } from '../state/tables.js';
import { Contacts } from './contacts.js';
import { Disk } from './disk.js';
import type { Host } from './host.js';
import { type Done, type Leader, Leadership } from './leadership.js';
import { type Entry, Log } from './log.js';
import type { Append, AppendAnswer, VoteRequest } from './messages.js';
import type { Lost } from './reads.js';
import { TIMES } from './times.js';

/**
 * Consensus on a log, after Raft (Ongaro and Ousterhout, 2014): elections, and what a follower does; what a leader does
 * is {@link Leadership}.
 */
export class Raft implements Leader {
  role: 'follower' | 'candidate' | 'leader' = 'follower';
  term = 0;
  leader = -1;
  readonly log: Log;
  readonly disk: Disk;
  private readonly leadership: Leadership;
  private readonly contacts: Contacts;
  private votedFor = -1;
  private electionDeadline = 0;
  private votes = 0;
  private snapshot = { entries: 1 };
  /** What the leader said last of how far everybody is. */
  private told = { commit: 0, term: 0 };

  constructor(
    private readonly host: Host,
    founders: readonly number[],
  ) {
    const { behaviour } = host;
    const forked = behaviour.reads === 'forked-state';
    this.log = new Log(
      founders,
      new Machine(new Store(forked ? 'keeps-past' : 'forgets'), new Tables(forked ? undefined : host.lineage)),
      () => host.worldNs(),
      (index, entry, outcome) => this.leadership.applied(index, entry, outcome),
    );
    this.leadership = new Leadership(host, this);
    this.contacts = new Contacts(host, this.log);
    this.disk = new Disk(
      () => ({ term: this.term, votedFor: this.votedFor, entries: this.log.length }),
      (run) => host.later(TIMES.syncNs.least + host.draw(TIMES.syncNs.spread), run),
      {
        errors: behaviour.syncErrors,
        really: behaviour.disks === 'lying' ? (run) => host.later(TIMES.backgroundSyncNs, run) : undefined,
      },
    );
  }

  start(): void {
    this.contacts.restart();
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
    this.leadership.end();
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
    this.contacts.forgetful = this.host.behaviour.quorum === 'forgotten';
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

  get quorum(): number {
    return this.contacts.quorum;
  }

  /** Appends a command as the leader and says what became of it. */
  propose(command: Command, done: Done, lost: Lost): void {
    this.leadership.propose(command, done, lost);
  }

  /** As the leader, one step towards a cluster with or without a node; to be called again until `done`. */
  reconfigure(node: number, wanted: 'member' | 'none'): 'done' | 'under-way' {
    return this.leadership.reconfigure(node, wanted);
  }

  /** Stands for election without waiting for the leader to fall silent. */
  stand(): void {
    if (this.role !== 'leader' && this.log.members.includes(this.host.id)) this.campaign();
  }

  /** Calls back when the leader is sure to have led after the call. */
  confirm(serve: () => void, lost: Lost): void {
    this.leadership.confirm(serve, lost);
  }

  /** Keys and values with what was proposed but is not committed. */
  provisional(): Store {
    return this.leadership.provisional();
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
      if (this.host.behaviour.leadership === 'checked' && !this.contacts.hearsMajority(now)) this.resign();
      else this.leadership.beat(now);
    } else if (now >= this.electionDeadline && this.log.members.includes(this.host.id)) this.campaign();
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
    this.contacts.hear(request.candidate);
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
    this.contacts.hear(from);
    this.voted(term, from);
  }

  private voted(term: number, from: number): void {
    if (this.role !== 'candidate' || term !== this.term || !this.log.members.includes(from)) return;
    this.votes++;
    if (this.votes >= this.quorum) this.lead();
  }

  private lead(): void {
    this.role = 'leader';
    if (this.host.behaviour.quorum !== 'reachable') this.contacts.restart();
    this.leadership.begin();
    this.host.note(`leader in term ${this.term}`);
    this.leadership.storedOwn(this.log.append({ term: this.term, command: undefined }));
    this.setLeader(this.host.id);
    this.leadership.replicateAll();
  }

  resign(): void {
    this.follow(this.term, -1);
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
      const lost = this.leadership.end();
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

  onAppend(append: Append): void {
    const { term, leader, previousIndex, entries } = append;
    this.contacts.hear(leader);
    if (term < this.term) return this.answer(append, false, 0);
    this.told = { commit: append.commit, term: append.previousTerm };
    if (term > this.term || this.role !== 'follower' || this.leader !== leader) this.follow(term, leader);
    this.hopeForLeader();
    if (previousIndex >= this.log.length) return this.answer(append, false, this.log.last);
    if (this.log.termAt(previousIndex) !== append.previousTerm) {
      return this.answer(append, false, Math.max(0, previousIndex - 1));
    }
    const removed = this.log.merge(previousIndex, entries);
    if (removed !== undefined) this.disk.truncated(removed);
    const index = previousIndex + entries.length;
    this.log.commitUpTo(Math.min(append.commit, index));
    if (this.disk.has(index + 1)) this.answer(append, true, index);
    else this.persisted(() => term === this.term && this.answer(append, true, index));
  }

  private answer({ leader, round }: Append, accepted: boolean, index: number): void {
    const answer = { term: this.term, from: this.host.id, round, accepted, index };
    this.host.send(leader, (peer) => peer.onAppendAnswer(answer));
  }

  onAppendAnswer(answer: AppendAnswer): void {
    const { term, from } = answer;
    this.contacts.hear(from);
    if (term > this.term) this.follow(term, -1);
    if (this.role === 'leader' && term === this.term) this.leadership.answered(answer);
  }

  persisted(done: () => unknown): void {
    if (this.host.behaviour.syncs === 'in-background') done();
    else this.disk.sync(done);
  }
}
