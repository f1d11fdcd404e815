import type { Node } from './node.js';

const MS = 1e6;
const KEEP_ALIVE_NS = 100 * MS;
/** A node that was not heard from for so long has lost the locks of its clients. */
const LEASE_NS = 400 * MS;

/**
 * Takes locks from clients whose node is silent, as lock services do that tie a lock to a lease. Off by default: whoever
 * has the lock need not notice that he lost it, so that two believe to hold it.
 */
export class LockLeases {
  /** Sessions open on this node. */
  private readonly sessions = new Set<number>();
  /** As the leader: when a session's node was heard from last. */
  private readonly heard = new Map<number, number>();

  constructor(private readonly node: Node) {}

  start(): void {
    if (this.node.around.behaviour.locks === 'leased') this.beat();
  }

  clear(): void {
    this.sessions.clear();
    this.heard.clear();
  }

  opened(session: number): void {
    this.sessions.add(session);
  }

  private beat(): void {
    this.node.later(KEEP_ALIVE_NS, () => this.beat());
    const { raft, around } = this.node;
    if (raft.leader === -1) return;
    const sessions = [...this.sessions];
    if (raft.role !== 'leader') {
      const leader = around.peers[raft.leader];
      this.heard.clear();
      this.node.send(leader, () => leader.lockLeases.keepAlive(sessions));
      return;
    }
    this.keepAlive(sessions);
    this.expire();
  }

  private keepAlive(sessions: readonly number[]): void {
    for (const session of sessions) this.heard.set(session, this.node.clockNs());
  }

  /** Whoever leads now gives everybody a whole lease first. */
  private expire(): void {
    const now = this.node.clockNs();
    const nothing = () => undefined;
    for (const owner of this.node.raft.log.machine.locks.owners()) {
      const heard = this.heard.get(owner);
      if (heard === undefined) this.heard.set(owner, now);
      else if (now - heard > LEASE_NS) {
        this.heard.set(owner, now);
        this.node.raft.propose({ kind: 'lock', owner, action: { kind: 'expire' } }, nothing, nothing);
      }
    }
  }
}
