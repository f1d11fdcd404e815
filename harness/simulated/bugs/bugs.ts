import type { Bug } from './bug.js';
import { acknowledgedInMemory } from './acknowledged-in-memory.js';
import { acknowledgedWhenDeposed } from './acknowledged-when-deposed.js';
import { asynchronousReplication } from './asynchronous-replication.js';
import { deposedLeaderRead } from './deposed-leader-read.js';
import { dirtyReadOfAbortedTransaction } from './dirty-read-of-aborted-transaction.js';
import { doubleApplyOnRetry } from './double-apply-on-retry.js';
import { failedWriteApplied } from './failed-write-applied.js';
import { forgottenQuorum } from './forgotten-quorum.js';
import { lastWriteWinsByClock } from './last-write-wins-by-clock.js';
import { leaseReadUnderSkew } from './lease-read-under-skew.js';
import { longFork } from './long-fork.js';
import { lostUpdate } from './lost-update.js';
import { nonMonotonicRead } from './non-monotonic-read.js';
import { oversellByReadThenWrite } from './oversell-by-read-then-write.js';
import { powerFailureLosesTail } from './power-failure-loses-tail.js';
import { readSkew } from './read-skew.js';
import { snapshotOverNewerLog } from './snapshot-over-newer-log.js';
import { splitBrain } from './split-brain.js';
import { staleCandidateElected } from './stale-candidate-elected.js';
import { staleFollowerRead } from './stale-follower-read.js';
import { timestampReuseAfterRestart } from './timestamp-reuse-after-restart.js';
import { tornMultiKeyWrite } from './torn-multi-key-write.js';
import { uncommittedRead } from './uncommitted-read.js';
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
  asynchronousReplication,
  staleCandidateElected,
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
];
