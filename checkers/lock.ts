import { FAIL, type History, INFO, INVOKE, NEMESIS, NONE, OK, VALUE_INT } from '../harness/history/history.js';
import { partitionByKey } from './by-key.js';
import type { Anomaly, Checker } from './checker.js';
import { keyAt } from './premises.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';

/**
 * Mutual exclusion by certain holds: from the ok of an `acquire` to the invocation of the same process' `release`, no
 * other process may get an ok. Where an acquire answers a fencing token (an integer), tokens must grow from each hold to
 * every hold acquired after it. A failed release leaves the lock held; one of unknown outcome ends the certainty,
 * as does any other operation of unknown outcome: it retires the process, and the end of a session frees what it held.
 */
export const lock: Checker = {
  name: 'lock',
  summary: 'no two processes certainly hold a lock at once; fencing tokens grow',
  check(history) {
    const counts = { holds: 0, overlaps: 0, tokenRegressions: 0 };
    const anomalies: Anomaly[] = [];
    const retirements = retirementsOf(history);
    for (const part of partitionByKey(history)) judgeLock(history, part, retirements, counts, anomalies);
    return verdictOf({
      anomalies,
      ...(counts.holds === 0 && { undecided: 'the lock was never acquired' }),
      details: counts,
      checked: ['certain holds of different processes never overlap', 'fencing tokens, where answered, grow'],
    });
  },
};

/** Where processes end with an operation of unknown outcome, on whichever lock. */
function retirementsOf({ columns: { types, processes, length } }: History): readonly number[] {
  const retirements: number[] = [];
  for (let at = 0; at < length; at++) if (types[at] === INFO && processes[at] !== NEMESIS) retirements.push(at);
  return retirements;
}

function judgeLock(
  history: History,
  part: Int32Array,
  retirements: readonly number[],
  counts: Record<string, number>,
  anomalies: Anomaly[],
): void {
  const { functions, types, pairs, processes, valueKinds, valuesA } = history.columns;
  const acquire = history.functionId('acquire');
  const release = history.functionId('release');
  /** Completion of the acquire by which each process certainly holds the lock now. */
  const holders = new Map<number, number>();
  let newest = { token: Number.NEGATIVE_INFINITY, at: NONE };
  /** Highest token answered before each acquire was invoked, so that only real-time order counts. */
  const newestAtInvoke = new Map<number, typeof newest>();
  let retired = 0;
  for (const at of part) {
    const process = processes[at];
    for (; retired < retirements.length && retirements[retired] <= at; retired++) {
      // Whatever it does from then on is a new session (`clientSessions`).
      holders.delete(processes[retirements[retired]]);
    }
    if (functions[at] === acquire && types[at] === INVOKE) newestAtInvoke.set(process, newest);
    else if (functions[at] === release && types[at] === INVOKE) {
      const failed = pairs[at] !== NONE && types[pairs[at]] === FAIL;
      if (!failed) holders.delete(process);
    } else if (functions[at] === acquire && types[at] === OK) {
      counts.holds++;
      for (const [other, since] of holders) {
        // Taking a lock again that one has is between the product and its user (see the model mutex).
        if (other === process) continue;
        if (++counts.overlaps <= SHOWN_ANOMALIES) anomalies.push(overlap(history, other, since, at));
        break;
      }
      holders.set(process, at);
      if (valueKinds[at] !== VALUE_INT) continue;
      const before = newestAtInvoke.get(process);
      if (before && before.token >= valuesA[at] && ++counts.tokenRegressions <= SHOWN_ANOMALIES) {
        anomalies.push(regression(history, before.at, at));
      }
      if (valuesA[at] > newest.token) newest = { token: valuesA[at], at };
    }
  }
}

function overlap(history: History, holder: number, since: number, at: number): Anomaly {
  const { pairs, indices } = history.columns;
  return {
    kind: 'lock-held-twice',
    sentence:
      `${whoAndWhen(history, at)} acquired the lock while process ${history.nameOfProcess(holder)} still held it, ` +
      `acquired by ${whoAndWhenAfter(history, at, since)} and not yet released.`,
    operations: indicesOf(history, [pairs[since], since, pairs[at], at]),
    premises: [
      {
        fact: 'between',
        f: ['release'],
        ...keyAt(history, at),
        process: holder,
        after: indices[since],
        before: indices[at],
      },
      { fact: 'session', process: holder, first: indices[since], last: indices[at] },
    ],
  };
}

function regression(history: History, before: number, at: number): Anomaly {
  const { pairs, valuesA } = history.columns;
  return {
    kind: 'fencing-token-regression',
    sentence:
      `${whoAndWhen(history, at)} got fencing token ${valuesA[at]}, although ${whoAndWhenAfter(history, at, before)} ` +
      `had already been given ${valuesA[before]}.`,
    operations: indicesOf(history, [pairs[before], before, pairs[at], at]),
  };
}
