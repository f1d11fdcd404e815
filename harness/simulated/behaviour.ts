/** What transactions are isolated from. `serializable` may show an old state, `strict-serializable` never does. */
export const LEVELS = [
  'read-uncommitted',
  'read-committed',
  'repeatable-read',
  'snapshot',
  'serializable',
  'strict-serializable',
] as const;
export type Level = (typeof LEVELS)[number];

/**
 * The points at which a replicated store is easily built wrong. A planted bug sets some of them; everything else is as
 * {@link CORRECT} has it.
 */
export interface Behaviour {
  /**
   * `quorum`: the leader asks a majority whether it still leads; `leader`: it trusts itself; `lease`: it trusts its
   * clock; `own-state`: the node that was asked answers; `any-state`: any node answers; `forked-state`: as `own-state`,
   * and half of the keys lag behind, another half on every other node; `each-key-anywhere`: every action of a transaction is answered by
   * another node.
   */
  readonly reads: 'quorum' | 'leader' | 'lease' | 'own-state' | 'any-state' | 'forked-state' | 'each-key-anywhere';
  /** `proposed`: what is not committed yet is seen by reads of the leader. */
  readonly visible: 'committed' | 'proposed';
  /** `proposed`: the leader answers as soon as its own log has the entry; `proposed-at-first`: until it has settled. */
  readonly acknowledges: 'committed' | 'proposed' | 'proposed-at-first';
  readonly replicates: 'at-once' | 'in-batches';
  /** Whether a node that says that it has an entry has it on its disk, or will write it soon. */
  readonly syncs: 'before-answering' | 'in-background';
  /** Whether a disk that says that it has synced has. */
  readonly disks: 'honest' | 'lying';
  /** `ignored`: a node whose disk fails goes on, and takes for synced what is not. */
  readonly syncErrors: 'fatal' | 'ignored';
  /** `snapshot`: after a restart the last snapshot counts, and newer entries of the log are forgotten. */
  readonly restoresFrom: 'log' | 'snapshot';
  /** `skipping`: a node that dies while it catches up takes what it lacks for done when it is back. */
  readonly catchesUp: 'entirely' | 'skipping';
  readonly votesFor: 'complete-logs' | 'anyone';
  /** Whose majority decides. `reachable`: of those heard from lately; `forgotten`: for a node that joined, of two. */
  readonly quorum: 'all' | 'reachable' | 'forgotten';
  /** Whether a leader that hears from no majority steps down. */
  readonly leadership: 'checked' | 'unchecked';
  /** Whether a node that got no answer from the leader sends the request again. */
  readonly retries: 'never' | 'blindly';
  /** Conditions of which kind the leader checks when it proposes, instead of when they are applied. */
  readonly checksEarly: 'none' | 'value' | 'revision';
  /** `of-written-keys`: conditions on keys that a transaction only read are not checked. */
  readonly conditions: 'all' | 'of-written-keys';
  /** `torn`: writes of several keys are applied one after the other. */
  readonly transactions: 'atomic' | 'torn';
  /** What is answered to writes under way when the leader steps down; only `unknown` is honest. */
  readonly onLeaderLoss: 'unknown' | 'failed' | 'succeeded';
  /** What decides between two writes of a key. */
  readonly order: 'log' | 'restarting-timestamps' | 'clock-timestamps';
  /** What a killed node loses: nothing as long as its machine lives, or what its disk had not synced. */
  readonly killLoses: 'nothing' | 'unsynced';
  /** Of transactions over tables. */
  readonly isolation: Level;
  /** `by-statement`: the writes of a transaction over tables become visible one after the other. */
  readonly commits: 'at-once' | 'by-statement';
  /**
   * `handed-out-first`: an element is answered before its removal is agreed upon; `prefetched`: nodes take several
   * elements and keep them in memory; `sharded`: a queue is two, each with an order of its own.
   */
  readonly queues: 'exact' | 'handed-out-first' | 'prefetched' | 'sharded';
  /** `leased`: a lock is given to another when its owner's node was not heard from for a while. */
  readonly locks: 'until-released' | 'leased';
}

export const CORRECT: Behaviour = {
  reads: 'quorum',
  visible: 'committed',
  acknowledges: 'committed',
  replicates: 'at-once',
  syncs: 'before-answering',
  disks: 'honest',
  syncErrors: 'fatal',
  restoresFrom: 'log',
  catchesUp: 'entirely',
  votesFor: 'complete-logs',
  quorum: 'all',
  leadership: 'checked',
  retries: 'never',
  checksEarly: 'none',
  conditions: 'all',
  transactions: 'atomic',
  onLeaderLoss: 'unknown',
  order: 'log',
  killLoses: 'nothing',
  isolation: 'strict-serializable',
  commits: 'at-once',
  queues: 'exact',
  locks: 'until-released',
};
