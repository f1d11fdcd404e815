import { after, eachThread, phases, repeat, sequence, untilOk } from '../harness/generator/combinators.js';
import type { Generator } from '../harness/generator/generator.js';
import type { Invocation } from '../harness/history/operation.js';

const ATTEMPTS = 10;
const GAP_MS = 500;
/** What a replica is given to catch up before it is asked what is there for good. */
export const SETTLE_MS = 1000;

/**
 * Reads everything over every session, so that each node's replica is seen, and once more a while later: a replica that
 * lags behind shows in the first round, and what the second one misses is not coming back.
 */
export function finalReads(reads: readonly Invocation[]): Generator {
  const each = () =>
    eachThread(
      sequence(...reads.map((read) => untilOk(repeat(read, ATTEMPTS), { attempts: ATTEMPTS, gapMs: GAP_MS }))),
    );
  return phases(each(), after(SETTLE_MS, each()));
}
