import type { Json } from '../../../harness/history/operation.js';
import { type Evidence, type Listed, PROVEN, type Prove, unproven } from '../evidence.js';
import { same } from '../identity.js';
import { answered, answerOf, attemptsOf, elementsIn, isOption, mayBeThere } from './attempts.js';

function showsElement(read: Listed, element: Json): boolean {
  return elementsIn(answerOf(read)).some((shown) => same(shown, element));
}

/** A read shows an element that no add can have put there by then. */
export const unexpectedElement: Prove = (evidence) => {
  const isFromNowhere = answered(evidence, 'read').some((read) =>
    elementsIn(answerOf(read)).some(
      (element) => mayBeThere(evidence, read.invocation.key, element, read.completedAt) === 0,
    ),
  );
  return isFromNowhere ? PROVEN : unproven('each element that a read shows may have been added');
};

export const elementTwice: Prove = (evidence) => {
  const isTwice = answered(evidence, 'read').some((read) => {
    const elements = elementsIn(answerOf(read));
    return elements.some((element, at) => elements.slice(at + 1).some((other) => same(element, other)));
  });
  return isTwice ? PROVEN : unproven('no read shows an element twice');
};

/** Reads that miss an element which was acknowledged, or shown, before they began. */
function missing(evidence: Evidence): readonly Listed[] {
  const reads = answered(evidence, 'read').filter((read) => answerOf(read) !== null);
  return reads.filter((read) => {
    const isMissed = (element: Json) => !showsElement(read, element);
    const before = (other: Listed) =>
      other.completedAt < read.invokedAt && same(other.invocation.key, read.invocation.key);
    return (
      answered(evidence, 'add').some((add) => before(add) && isMissed(add.invocation.value)) ||
      reads.some((other) => before(other) && elementsIn(answerOf(other)).some(isMissed))
    );
  });
}

/** A read misses what was known before it began. */
export const missedElement: Prove = (evidence) =>
  missing(evidence).length > 0 ? PROVEN : unproven('no read misses an element that was known before it began');

/** The read that misses it is the last one: none that began later was acknowledged. */
export const lostElement: Prove = (evidence) => {
  const last = missing(evidence).some((read) =>
    evidence.premises.some(
      (each) =>
        each.fact === 'later' &&
        each.f.includes('read') &&
        same(each.key, read.invocation.key) &&
        each.after === read.invocation.index &&
        !answered(evidence, 'read').some(
          ({ invocation, invokedAt }) => invokedAt > read.invokedAt && same(invocation.key, read.invocation.key),
        ),
    ),
  );
  return last ? PROVEN : unproven('no last read misses an element that was known before it began');
};

/** An element came out more often than it can have been put in by then. */
export const dequeuedTooOften: Prove = (evidence) => {
  const out = answered(evidence, 'dequeue', 'drain').flatMap((one) =>
    elementsIn(one.invocation.f === 'drain' ? answerOf(one) : [answerOf(one)]).map((element) => ({
      element,
      key: one.invocation.key,
      at: one.completedAt,
    })),
  );
  const isTooOften = out.some(({ element, key, at }) => {
    if (element === null) return false;
    const taken = out.filter((other) => other.at <= at && same(other.key, key) && same(other.element, element)).length;
    const attempts = mayBeThere(evidence, key, element, at);
    return attempts !== undefined && taken > attempts;
  });
  return isTooOften ? PROVEN : unproven('each element may have been put in as often as it came out');
};

/**
 * More elements are missing than can have been taken unseen: acknowledged before the queue was found empty (or drained, as
 * is assumed where nobody says otherwise), and not among the answers, all of which are listed.
 */
export const lostFromQueue: Prove = (evidence) => {
  const { operations, premises } = evidence;
  const unknown = operations.filter(({ outcome, invocation }) => outcome === 'unknown' && invocation.f !== 'enqueue');
  const areUnknownListed = premises.some(
    ({ fact, ...rest }) => fact === 'unknown' && 'f' in rest && rest.f.includes('dequeue') && rest.f.includes('drain'),
  );
  if (!areUnknownListed || unknown.some(({ invocation }) => invocation.f === 'drain')) {
    return unproven('elements may have been taken unseen');
  }
  const takers = answered(evidence, 'dequeue', 'drain');
  const emptied = takers
    .filter((one) => one.invocation.f === 'drain' || answerOf(one) === null)
    .map(({ invokedAt }) => invokedAt);
  const end = isOption(evidence, 'drained', null) ? Number.POSITIVE_INFINITY : Math.max(...emptied);
  let lost = 0;
  for (const premise of premises) {
    if (premise.fact !== 'answers' || !premise.f.includes('dequeue') || !premise.f.includes('drain')) continue;
    const { value } = premise;
    const enqueued = attemptsOf(evidence, premise.key, value).filter(
      ({ outcome, completedAt }) => outcome === 'ok' && completedAt < end,
    );
    const taken = takers
      .flatMap((one) => elementsIn(one.invocation.f === 'drain' ? answerOf(one) : [answerOf(one)]))
      .filter((element) => same(element, value));
    lost += Math.max(0, enqueued.length - taken.length);
  }
  return lost > unknown.length ? PROVEN : unproven('what is missing may have been taken unseen');
};
