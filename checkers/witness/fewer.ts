import type { History } from '../../harness/history/history.js';
import type { Anomaly } from '../checker.js';
import type { Listed } from './evidence.js';
import { demands } from './facts.js';
import { listed } from './listed.js';
import { fromPremises, type VerifyRequest } from './verify.js';

/** The anomaly with one premise less, for each of them: a fact, or an operation with its completion. */
export function withOneLess(history: History, anomaly: Anomaly): readonly Anomaly[] {
  const { premises = [] } = anomaly;
  const operations = listed(history, anomaly.operations);
  return [
    ...premises.map((premise) => ({ ...anomaly, premises: premises.filter((other) => other !== premise) })),
    ...(typeof operations === 'string' ? [] : operations.map((operation) => withoutOperation(anomaly, operation))),
  ];
}

/**
 * A proven anomaly with only the premises that its proof needs: each is left out in turn, for good where the proof holds
 * without it. With an operation go the facts that would be false without it. As more evidence never makes a proof fail,
 * one pass over the facts and one over the operations are enough. Stops early, with more than is needed, without time.
 */
export function fewest(anomaly: Anomaly, request: VerifyRequest, hasTime: () => boolean): Anomaly {
  let current = anomaly;
  const attempt = (fewer: Anomaly) => {
    if (hasTime() && fromPremises(fewer, request, hasTime).proven) current = fewer;
  };
  for (const premise of anomaly.premises ?? []) {
    attempt({ ...current, premises: (current.premises ?? []).filter((other) => other !== premise) });
  }
  const operations = listed(request.history, anomaly.operations);
  for (const operation of typeof operations === 'string' ? [] : operations) {
    const fewer = withoutOperation(current, operation);
    attempt({
      ...fewer,
      premises: (fewer.premises ?? []).filter((premise) => !demands(request.history, premise, operation)),
    });
  }
  return current;
}

function withoutOperation(anomaly: Anomaly, { invocation, completion }: Listed): Anomaly {
  const operations = anomaly.operations.filter((index) => index !== invocation.index && index !== completion?.index);
  return { ...anomaly, operations };
}
