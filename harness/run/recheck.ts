import { historyOf } from '../history/builder.js';
import type { ReadResult } from '../history/formats/format.js';
import { readHistory } from '../history/formats/read.js';
import type { History } from '../history/history.js';
import { messageOf } from '../kit/errors.js';
import type { JudgeRequest } from './judge.js';
import { judge } from './judge.js';
import type { Results } from './plan.js';
import type { RunStore } from './store.js';

/** How to judge what a run directory holds. The plan is the stored one, perhaps with another `consistency`. */
export type StoredRequest = Omit<JudgeRequest, 'history' | 'notes'> & {
  readonly store: RunStore;
  /** Told of what could not be stored; the verdict does not depend on it. */
  readonly trouble?: (line: string) => void;
};

/** A verdict, and the history it is about, for the report. */
export interface Judged {
  readonly results: Results;
  readonly history: History;
}

/**
 * Judges a stored run again, or for the first time where the harness was killed before it came to it; saves
 * results.json. Trouble that the harness met while it ran is kept.
 */
export async function recheck(request: Omit<StoredRequest, 'eventLoopLag' | 'harnessError'>): Promise<Judged> {
  const { store } = request;
  // Results that cannot be read are no reason not to make new ones.
  const before = await store.loadResults().catch(() => undefined);
  const judged = await judgeStored({
    ...request,
    ...(before?.eventLoopLag && { eventLoopLag: before.eventLoopLag }),
    ...(before?.harnessError !== undefined && { harnessError: before.harnessError }),
  });
  try {
    await store.saveResults(judged.results);
  } catch (error) {
    if (request.trouble === undefined) throw error;
    request.trouble(messageOf(error));
  }
  return judged;
}

/** Judges from the disk, so that what is judged is what is kept. */
export async function judgeStored(request: StoredRequest): Promise<Judged> {
  const { history, notes } = await recorded(request.store);
  return { results: await judge({ ...request, history, notes }), history };
}

/** What a run recorded, for its report; an empty history where nothing was. */
export async function historyOfRun(store: RunStore): Promise<History> {
  return (await recorded(store)).history;
}

/** A run that failed before its first event has an empty history. */
async function recorded(store: RunStore): Promise<ReadResult> {
  if (await store.historyIsEmpty()) return { history: historyOf([]), notes: ['nothing was recorded'] };
  return readHistory(store.historyPath, { format: 'jsonl' });
}
