import type { Prove } from '../evidence.js';
import {
  dequeuedTooOften,
  elementTwice,
  lostElement,
  lostFromQueue,
  missedElement,
  unexpectedElement,
} from './collections.js';
import { causalReverse, longFork, unwrittenInTransaction, writeSkew } from './forks.js';
import { counterOutOfBounds, heldTwice, sameIncrement, tokenRegression, wentBack } from './order.js';
import { brokenSession, staleRead, unwrittenInRegister } from './registers.js';

const IMPOSSIBLE_READS = {
  'future-read': unwrittenInRegister,
  'aborted-read': unwrittenInRegister,
  'unwritten-value': unwrittenInRegister,
};

/** Proofs of the checkers that judge one condition directly. */
export const directProofs: Readonly<Record<string, Readonly<Record<string, Prove>>>> = {
  set: { lost: lostElement, unexpected: unexpectedElement },
  'set-full': {
    lost: lostElement,
    'stale-read': missedElement,
    'duplicate-elements': elementTwice,
    unexpected: unexpectedElement,
    'dirty-read': unexpectedElement,
  },
  queue: { unexpected: dequeuedTooOften, duplicated: dequeuedTooOften },
  'total-queue': { unexpected: dequeuedTooOften, duplicated: dequeuedTooOften, lost: lostFromQueue },
  counter: { 'counter-out-of-bounds': counterOutOfBounds },
  lock: { 'lock-held-twice': heldTwice, 'fencing-token-regression': tokenRegression },
  monotonic: { 'non-monotonic': wentBack, 'lost-update': sameIncrement },
  'long-fork': {
    'long-fork': longFork,
    'dirty-read': unwrittenInTransaction,
    'thin-air-read': unwrittenInTransaction,
    'future-read': unwrittenInTransaction,
  },
  'write-skew': { G2: writeSkew, 'G2-item': writeSkew },
  'causal-reverse': {
    'causal-reverse': causalReverse,
    'dirty-read': unexpectedElement,
    'thin-air-read': unexpectedElement,
    'future-read': unexpectedElement,
  },
  'session-guarantees': { ...IMPOSSIBLE_READS, '*': brokenSession },
  staleness: { ...IMPOSSIBLE_READS, 'stale-read': staleRead },
};
