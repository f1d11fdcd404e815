import type { History } from '../../harness/history/history.js';
import type { Anomaly, CheckContext } from '../checker.js';
import type { Model } from '../model.js';
import type { Decision } from './decide.js';

type Invalid = Extract<Decision, { validity: 'invalid' }>;

/** The anomaly of one object: the sentence, the operations that prove it, the drawing. */
export function explain<State>(
  history: History,
  model: Model<State>,
  name: string | undefined,
  decision: Invalid,
  context: CheckContext,
): Anomaly {
  void context;
  const event = history.event(Math.min(decision.until, history.length - 1));
  const of = name === undefined ? '' : ` of ${name}`;
  return {
    kind: 'nonlinearizable',
    sentence: `The ${event.f}${of} that returned at event ${event.index} fits no order of the operations before it (model ${model.name}).`,
    operations: [event.index],
  };
}
