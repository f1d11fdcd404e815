import type { Bug } from './bug.js';
import { acknowledgedInMemory } from './acknowledged-in-memory.js';
import { acknowledgedWhenDeposed } from './acknowledged-when-deposed.js';
import { deposedLeaderRead } from './deposed-leader-read.js';
import { dirtyReadOfAbortedTransaction } from './dirty-read-of-aborted-transaction.js';
import { dirtyReadOnSql } from './dirty-read-on-sql.js';
import { doubleApplyOnRetry } from './double-apply-on-retry.js';
import { duplicateDelivery } from './duplicate-delivery.js';
import { failedWriteApplied } from './failed-write-applied.js';
import { forgottenQuorum } from './forgotten-quorum.js';
import { intermediateRead } from './intermediate-read.js';
import { lastWriteWinsByClock } from './last-write-wins-by-clock.js';
import { leaseReadUnderSkew } from './lease-read-under-skew.js';
import { lockHeldTwiceAfterPause } from './lock-held-twice-after-pause.js';
import { longForkOnSql } from './long-fork-on-sql.js';
import { longFork } from './long-fork.js';
import { lostQueueElement } from './lost-queue-element.js';
import { lostUpdateOnFailover } from './lost-update-on-failover.js';
import { lostUpdateOnSql } from './lost-update-on-sql.js';
import { lostUpdate } from './lost-update.js';
import { nonMonotonicRead } from './non-monotonic-read.js';
import { orderLostAfterConfirm } from './order-lost-after-confirm.js';
import { outOfOrderDequeue } from './out-of-order-dequeue.js';
import { oversellByReadThenWrite } from './oversell-by-read-then-write.js';
import { powerFailureLosesTail } from './power-failure-loses-tail.js';
import { readSkew } from './read-skew.js';
import { snapshotOverNewerLog } from './snapshot-over-newer-log.js';
import { splitBrain } from './split-brain.js';
import { staleFollowerRead } from './stale-follower-read.js';
import { syncErrorIgnored } from './sync-error-ignored.js';
import { timestampReuseAfterRestart } from './timestamp-reuse-after-restart.js';
import { tornMultiKeyWrite } from './torn-multi-key-write.js';
import { uncommittedRead } from './uncommitted-read.js';
import { writeSkewOnSql } from './write-skew-on-sql.js';
import { writeSkew } from './write-skew.js';

/** Every bug that can be planted, by the name of `--set bug=`. */
export const BUGS: readonly Bug[] = [
  staleFollowerRead,
  nonMonotonicRead,
  deposedLeaderRead,
  leaseReadUnderSkew,
  uncommittedRead,
  dirtyReadOfAbortedTransaction,
  acknowledgedInMemory,
  orderLostAfterConfirm,
  lostUpdateOnFailover,
  splitBrain,
  forgottenQuorum,
  snapshotOverNewerLog,
  timestampReuseAfterRestart,
  lastWriteWinsByClock,
  doubleApplyOnRetry,
  lostUpdate,
  oversellByReadThenWrite,
  tornMultiKeyWrite,
  writeSkew,
  readSkew,
  longFork,
  acknowledgedWhenDeposed,
  failedWriteApplied,
  powerFailureLosesTail,
  syncErrorIgnored,
  duplicateDelivery,
  lostQueueElement,
  outOfOrderDequeue,
  lockHeldTwiceAfterPause,
  intermediateRead,
  writeSkewOnSql,
  longForkOnSql,
  dirtyReadOnSql,
  lostUpdateOnSql,
];
