import { FAIL, INFO, INVOKE, OK, VALUE_INT } from '../harness/history/history.js';
import { partitionByKey } from './by-key.js';
import type { Anomaly, Checker } from './checker.js';
import { indicesOf, nonsense, SHOWN_ANOMALIES, verdictOf, whoAndWhen } from './verdict.js';

/**
 * `add` of an amount and `read` of the total: every read lies between the sum of what was surely applied when it was
 * invoked and the sum of what was possibly applied when it completed. After Jepsen's counter, extended to negative
 * amounts: those lower the lower bound as soon as they are invoked and the upper one only once acknowledged.
 */
export const counter: Checker = {
  name: 'counter',
  summary: 'every read lies between the increments surely and possibly applied',
  check(history) {
    const { functions, types, pairs, valueKinds, valuesA, length } = history.columns;
    const add = history.functionId('add');
    const read = history.functionId('read');
    const amountOf = (at: number) => {
      if (valueKinds[at] !== VALUE_INT) throw nonsense(history, at, 'expected an integer amount');
      return valuesA[at];
    };
    const anomalies: Anomaly[] = [];
    let reads = 0;
    let adds = 0;
    let violations = 0;
    const lowerAtInvoke = new Float64Array(length);
    for (const part of partitionByKey(history)) {
      let lower = 0;
      let upper = 0;
      // An add that fails is known to fail from its invocation on: look ahead through its pair.
      for (const at of part) {
        const type = types[at];
        if (functions[at] === add) {
          adds++;
          const failed = type === INVOKE ? pairs[at] >= 0 && types[pairs[at]] === FAIL : type === FAIL;
          if (failed || type === INFO) continue;
          const amount = type === OK && pairs[at] >= 0 ? amountOf(pairs[at]) : amountOf(at);
          if (type === INVOKE ? amount > 0 : amount < 0) upper += amount;
          else lower += amount;
        } else if (functions[at] === read && type === INVOKE) lowerAtInvoke[at] = lower;
        else if (functions[at] === read && type === OK) {
          reads++;
          const value = amountOf(at);
          const from = lowerAtInvoke[pairs[at]];
          if (value >= from && value <= upper) continue;
          if (++violations > SHOWN_ANOMALIES) continue;
          anomalies.push({
            kind: 'counter-out-of-bounds',
            sentence:
              `The read by ${whoAndWhen(history, at)} returned ${value}, but the counter could only be ` +
              `between ${from} (surely applied) and ${upper} (possibly applied).`,
            operations: indicesOf(history, [pairs[at], at]),
            details: { value, lower: from, upper },
          });
        }
      }
    }
    return verdictOf({
      anomalies,
      ...(reads === 0 && adds === 0 && { undecided: 'the counter was neither incremented nor read' }),
      details: { reads, violations },
      checked: ['every read lies between the increments surely applied before it and possibly applied by its end'],
      notChecked: [
        ...(reads === 0 ? ['anything about values: no read succeeded'] : []),
        'whether the reads agree with one order of the increments (see the model counter)',
      ],
    });
  },
};
