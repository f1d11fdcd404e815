import type { Prove } from '../evidence.js';
import { refuteLevels } from './refute.js';
import * as single from './single.js';
import type { Data } from './transactions.js';

/** How anomalies of transactions are proven: what one or two reads betray, and else by every order of writes. */
export function transactionProofs(data: Data): Readonly<Record<string, Prove>> {
  return {
    G1a: single.aborted(data),
    'thin-air-read': single.thinAir(data),
    G1b: single.intermediate(data),
    'future-read': single.future(data),
    internal: single.internal(data),
    'reversed-appends': single.reversed(data),
    'dirty-update': single.dirtyUpdate(data),
    'incompatible-order': single.incompatible(data),
    'duplicate-elements': single.duplicate(data),
    'lost-update': single.lostUpdate(data),
    '*': (evidence) => refuteLevels(evidence, data),
  };
}
