import type { Results } from '../run/plan.js';
import { type Share, shareOf } from './confidence.js';
import { compareJournals, type Comparison } from './journals.js';
import { type Laboratory, type Rerun, runAnew } from './laboratory.js';
import { shows, type Signature, signatureOf } from './signature.js';
import type { Plan } from '../run/plan.js';

/** A plan that was run again where the seed decides everything. */
export interface ExactReplay {
  readonly rerun: Rerun;
  /** Undefined where there is no journal to compare with: a plan alone was given. */
  readonly comparison?: Comparison;
}

/** Runs a plan once more on a deterministic system and compares what it records with a journal, byte for byte. */
export async function replayExactly(
  plan: Plan,
  recordedJournal: string | undefined,
  laboratory: Laboratory,
): Promise<ExactReplay> {
  const rerun = await runAnew(plan, laboratory);
  if (recordedJournal === undefined) return { rerun };
  return { rerun, comparison: await compareJournals(recordedJournal, rerun.store.historyPath) };
}

/** What came of running a plan again and again. */
export interface Replays {
  readonly reruns: readonly Rerun[];
  /** What was looked for; undefined where the recorded run violated nothing, and then any violation counts. */
  readonly signature: Signature | undefined;
  /** How many of the attempts showed it. */
  readonly share: Share;
}

export interface ReplayRequest {
  readonly plan: Plan;
  readonly attempts: number;
  readonly signature: Signature | undefined;
  readonly laboratory: Laboratory;
  readonly progress?: (attempt: number, rerun: Rerun, shown: 'shown' | 'not-shown') => void;
}

/** Runs a plan `attempts` times, each on a cluster of its own; ends early only with the laboratory's signal. */
export async function replayAttempts(request: ReplayRequest): Promise<Replays> {
  const { plan, attempts, signature, laboratory } = request;
  const reruns: Rerun[] = [];
  let times = 0;
  const interrupted = () => laboratory.signal?.aborted === true;
  for (let attempt = 1; attempt <= attempts && !interrupted(); attempt++) {
    const rerun = await runAnew(plan, laboratory);
    // An attempt that was interrupted without showing it says nothing about how often it shows.
    const shown = showsAgain(rerun.results, signature);
    if (!shown && interrupted()) break;
    reruns.push(rerun);
    if (shown) times++;
    request.progress?.(attempt, rerun, shown ? 'shown' : 'not-shown');
  }
  return { reruns, signature, share: shareOf(times, reruns.length) };
}

function showsAgain(results: Results, signature: Signature | undefined): boolean {
  return signature === undefined ? signatureOf(results) !== undefined : shows(results, signature);
}
