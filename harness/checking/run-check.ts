import type { Checker, CheckContext, Verdict } from '../../checkers/checker.js';
import type { History } from '../history/history.js';
import type { Restore } from '../history/restores.js';
import { buildVerdict, proveAnew } from './build-verdict.js';
import type { CheckThread } from './check-thread.js';
import type { CheckerSource } from './source.js';

/** A check, wherever it is run. */
export interface CheckRequest {
  readonly checker: Checker;
  readonly history: History;
  readonly context: CheckContext;
  readonly restores?: readonly Restore[];
  /** How a thread finds the checker. Absent: it cannot, and the check runs in this thread. */
  readonly source?: CheckerSource;
  /** Where the check can be ended from outside. Absent: in this thread, where the checker has to look at the clock. */
  readonly thread?: CheckThread;
}

/** @throws whatever the checker throws */
export async function runCheck({
  checker,
  history,
  context,
  restores = [],
  source,
  thread,
}: CheckRequest): Promise<Verdict> {
  if (thread !== undefined && source !== undefined) return await thread.check({ source, history, context, restores });
  const verdict = await buildVerdict(checker, history, context, restores);
  return proveAnew(verdict, checker, history, context, restores);
}
