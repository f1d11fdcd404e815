import type { History } from '../../harness/history/history.js';
import { messageOf } from '../../harness/kit/errors.js';
import type { Anomaly } from '../checker.js';
import { unproven, type Proof } from './evidence.js';
import { contradicted, type Options } from './facts.js';
import { families } from './families.js';
import { listed } from './listed.js';

export interface VerifyRequest {
  readonly history: History;
  /** Whose anomalies they are. */
  readonly checker: string;
  readonly options: Options;
  /** Proving stops after this time; what is left is unproven. */
  readonly timeMs: number;
}

/**
 * Proves anomalies anew: from the operations that each lists and facts about the whole history that are checked here, by
 * code that shares nothing with what found them. Answers a proof for each, in order.
 */
export function verify(anomalies: readonly Anomaly[], request: VerifyRequest): readonly Proof[] {
  const end = performance.now() + request.timeMs;
  const hasTime = () => performance.now() <= end;
  const wrong = contradicted(request.history, anomalies, request.options, hasTime);
  return anomalies.map((anomaly, at) => {
    if (wrong === undefined || !hasTime()) return unproven(NO_TIME);
    const why = wrong.get(at);
    return why === undefined ? fromPremises(anomaly, request, hasTime) : unproven(why);
  });
}

export const NO_TIME = 'there was no time to prove it anew';

/** The proof alone, its facts being taken as true. */
export function fromPremises(
  anomaly: Anomaly,
  { history, checker }: Pick<VerifyRequest, 'history' | 'checker'>,
  hasTime: () => boolean,
): Proof {
  const prove = families[checker]?.[anomaly.kind] ?? families[checker]?.['*'];
  if (prove === undefined) return unproven(`nothing here proves ${anomaly.kind} of ${checker}`);
  const operations = listed(history, anomaly.operations);
  if (typeof operations === 'string') return unproven(operations);
  const { kind, rulesOut = [], details = {}, premises = [] } = anomaly;
  try {
    return prove({ kind, rulesOut, details, operations, premises, hasTime });
  } catch (error) {
    return unproven(`the proof failed: ${messageOf(error)}`);
  }
}
