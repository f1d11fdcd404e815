import type { History } from '../../../harness/history/history.js';
import type { Verdict } from '../../checker.js';
import type { Options } from '../facts.js';
import { withOneLess } from '../fewer.js';
import { verify } from '../verify.js';
import { withProofs } from '../witness.js';

const TIME_MS = 60_000;

/**
 * What is wrong with a verdict's witnesses, a line each; empty where every anomaly is proven from its premises and none
 * with one of them less.
 */
export function defectsOf(verdict: Verdict, history: History, checker: string, options: Options = {}): string[] {
  const request = { history, checker, options, timeMs: TIME_MS };
  return withProofs(verdict, request).anomalies.flatMap((anomaly) => {
    const name = `${checker}, ${anomaly.kind} (${anomaly.sentence})`;
    if (anomaly.proven !== true) return [`${name}: ${anomaly.unproven ?? 'not looked at'}`];
    const fewer = withOneLess(history, anomaly);
    return verify(fewer, request).flatMap((proof, at) => {
      if (!proof.proven) return [];
      const { operations, premises = [] } = fewer[at];
      return [`${name}: proven by [${operations.join(', ')}] and ${JSON.stringify(premises)} already`];
    });
  });
}
