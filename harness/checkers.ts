import { availability } from '../checkers/availability.js';
import { bank as bankChecker } from '../checkers/bank/bank.js';
import { bankLinearizable } from '../checkers/bank/linearizable.js';
import { causalReverse } from '../checkers/causal-reverse.js';
import type { Checker } from '../checkers/checker.js';
import { counter } from '../checkers/counter.js';
import { listAppend, rwRegister } from '../checkers/cycles/cycles.js';
import { goneNodes } from '../checkers/gone-nodes.js';
import { inventory as inventoryChecker } from '../checkers/inventory/inventory.js';
import { inventoryLinearizable } from '../checkers/inventory/linearizable.js';
import { lock } from '../checkers/lock.js';
import { longFork } from '../checkers/long-fork.js';
import { monotonic } from '../checkers/monotonic.js';
import { queue } from '../checkers/queue.js';
import { sessionGuarantees } from '../checkers/sessions/session-guarantees.js';
import { staleness } from '../checkers/sessions/staleness.js';
import { setFull } from '../checkers/set-full.js';
import { set } from '../checkers/set.js';
import { statistics } from '../checkers/statistics/statistics.js';
import { totalQueue } from '../checkers/total-queue.js';
import { uniqueIds } from '../checkers/unique-ids.js';
import { writeSkew } from '../checkers/write-skew.js';

/** Judges of one condition each. Linearizability is judged for every one of `models`. */
export const checkers: readonly Checker[] = [
  bankChecker,
  bankLinearizable,
  inventoryChecker,
  inventoryLinearizable,
  listAppend,
  rwRegister,
  set,
  setFull,
  queue,
  totalQueue,
  counter,
  uniqueIds,
  lock,
  longFork,
  writeSkew,
  monotonic,
  causalReverse,
  sessionGuarantees,
  staleness,
  availability,
  goneNodes,
  statistics,
];

/** Sequential specifications that linearizability is judged against. */
export { linearizable } from '../checkers/linearizability/linearizability.js';
export { models } from '../checkers/models/models.js';
