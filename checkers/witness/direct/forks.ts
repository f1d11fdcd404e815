import type { Json } from '../../../harness/history/operation.js';
import { type Listed, PROVEN, type Prove, unproven } from '../evidence.js';
import { same } from '../identity.js';
import { answered, answerOf, areAllListed, attemptsOf, elementsIn, isOption, mayBeThere, readsOf } from './attempts.js';

/** A key that one read shows as written and the other as not yet written, which nobody makes so again. */
export const longFork: Prove = (evidence) => {
  const reads = evidence.operations.filter(({ outcome }) => outcome === 'ok');
  const onlyIn = (a: Listed, b: Listed) =>
    readsOf(a).some(
      ({ key, value }) =>
        value !== null &&
        areAllListed(evidence, key, null) &&
        attemptsOf(evidence, key, null).length === 0 &&
        readsOf(b).some((other) => same(other.key, key) && other.value === null),
    );
  const isFork = reads.some((a, at) => reads.slice(at + 1).some((b) => onlyIn(a, b) && onlyIn(b, a)));
  return isFork ? PROVEN : unproven('no two reads each see a write that the other misses');
};

/** A transaction shows a value that no write can have put there by then. */
export const unwrittenInTransaction: Prove = (evidence) => {
  const isFromNowhere = evidence.operations.some(
    (one) =>
      one.outcome === 'ok' &&
      readsOf(one).some(({ key, value }) => {
        if (value === null || mayBeThere(evidence, key, value, one.completedAt) !== 0) return false;
        // What nobody asked for at all may have been there from the beginning.
        return attemptsOf(evidence, key, value).length > 0 || isOption(evidence, 'initialState', 'empty');
      }),
  );
  return isFromNowhere ? PROVEN : unproven('each value may have been written');
};

/** Two of the transactions of a key, of which at most one may commit, did: acknowledged, or both shown by a read. */
export const writeSkew: Prove = (evidence) => {
  const inserts = answered(evidence, 'insert');
  const both = inserts.some((one, at) => inserts.slice(at + 1).some((other) => same(keyOf(one), keyOf(other))));
  if (both) return PROVEN;
  const shown = answered(evidence, 'read').some((read) => {
    const rows = elementsIn(answerOf(read)).filter((row): row is readonly Json[] => Array.isArray(row));
    return rows.some(([key, row]) => rows.some(([otherKey, other]) => same(key, otherKey) && !same(row, other)));
  });
  return shown ? PROVEN : unproven('no two transactions of one key are known to have committed');
};

function keyOf({ invocation, completion }: Listed): Json {
  if (invocation.key !== undefined) return invocation.key;
  const value = completion?.value ?? invocation.value;
  return Array.isArray(value) ? (value[0] as Json) : value;
}

/** A read shows an element all of whose writes began when another had been acknowledged that it misses. */
export const causalReverse: Prove = (evidence) => {
  const isReversed = answered(evidence, 'read').some((read) => {
    const shown = elementsIn(answerOf(read));
    const { key } = read.invocation;
    const earliest = Math.max(
      ...shown
        .filter((element) => areAllListed(evidence, key, element))
        .map((element) => {
          const attempts = attemptsOf(evidence, key, element).filter(({ outcome }) => outcome !== 'fail');
          return Math.min(...attempts.map(({ invokedAt }) => invokedAt), read.completedAt);
        }),
    );
    return answered(evidence, 'write', 'insert', 'add').some(
      ({ invocation, completedAt }) =>
        same(invocation.key, key) &&
        completedAt < earliest &&
        !shown.some((element) => same(element, invocation.value)),
    );
  });
  return isReversed ? PROVEN : unproven('no read misses what was acknowledged before something that it shows began');
};
