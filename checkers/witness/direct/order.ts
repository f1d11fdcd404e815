import { integerOf } from '../../../harness/history/values/numbers.js';
import { type Listed, PROVEN, type Prove, unproven } from '../evidence.js';
import { same } from '../identity.js';
import { answered, answerOf, isOption } from './attempts.js';

/** One process certainly held the lock, from its acquire on, when another was given it. */
export const heldTwice: Prove = (evidence) => {
  const holds = answered(evidence, 'acquire');
  const isTwice = holds.some((held) =>
    holds.some((other) => {
      const isOther =
        same(held.invocation.key, other.invocation.key) && held.invocation.process !== other.invocation.process;
      return isOther && held.completedAt < other.completedAt && heldUntil(held, other);
    }),
  );
  /** One session, in which the holder asked for no release (on this lock) before the other was given it. */
  function heldUntil(held: Listed, other: Listed): boolean {
    const { process, key } = held.invocation;
    const [first, last] = [held.completion?.index, other.completion?.index];
    const isOneSession = evidence.premises.some(
      (each) => each.fact === 'session' && each.process === process && each.first === first && each.last === last,
    );
    const areListed = evidence.premises.some(
      (each) =>
        each.fact === 'between' &&
        each.f.includes('release') &&
        same(each.key, key) &&
        each.process === process &&
        each.after === first &&
        each.before === last,
    );
    const released = evidence.operations.some(
      ({ invocation, invokedAt, outcome }) =>
        invocation.process === process &&
        invocation.f === 'release' &&
        same(invocation.key, key) &&
        invokedAt > held.completedAt &&
        invokedAt < other.completedAt &&
        outcome !== 'fail',
    );
    return isOneSession && areListed && !released;
  }
  return isTwice ? PROVEN : unproven('no two processes certainly hold the lock at once');
};

/** A token that did not grow from a hold to one asked for after it was given. */
export const tokenRegression: Prove = (evidence) => {
  const holds = answered(evidence, 'acquire').filter((hold) => Number.isInteger(answerOf(hold)));
  const isOlder = holds.some((older) =>
    holds.some(
      (newer) =>
        same(older.invocation.key, newer.invocation.key) &&
        older.completedAt < newer.invokedAt &&
        Number(answerOf(older)) >= Number(answerOf(newer)),
    ),
  );
  return isOlder ? PROVEN : unproven('the tokens grow');
};

/** An answer smaller than one over before it was asked for, within the scope in which they are compared. */
export const wentBack: Prove = (evidence) => {
  const { details, premises } = evidence;
  const answers = answered(evidence, 'read', 'inc').filter((one) => Number.isInteger(answerOf(one)));
  const isCompared = (older: Listed, newer: Listed) => {
    if (details['scope'] === 'global') return true;
    if (details['scope'] === 'node') return older.invocation.node === newer.invocation.node;
    return premises.some(
      (each) =>
        each.fact === 'session' &&
        each.process === older.invocation.process &&
        each.process === newer.invocation.process &&
        each.first === older.invocation.index &&
        each.last === newer.completion?.index,
    );
  };
  const isBack = answers.some((older) =>
    answers.some((newer) => {
      const floor = Number(answerOf(older)) + (newer.invocation.f === 'inc' ? 1 : 0);
      const comesLater = same(older.invocation.key, newer.invocation.key) && older.completedAt < newer.invokedAt;
      return comesLater && isCompared(older, newer) && Number(answerOf(newer)) < floor;
    }),
  );
  return isBack ? PROVEN : unproven('no answer goes back');
};

/** Two increments that answered the same, where each answers its own. */
export const sameIncrement: Prove = (evidence) => {
  const incs = answered(evidence, 'inc');
  const isSame = incs.some((one, at) =>
    incs
      .slice(at + 1)
      .some((other) => same(one.invocation.key, other.invocation.key) && same(answerOf(one), answerOf(other))),
  );
  return isSame && isOption(evidence, 'increments', 'distinct')
    ? PROVEN
    : unproven('no two increments answer the same');
};

/** A total outside of what the additions listed as sums can make. */
export const counterOutOfBounds: Prove = (evidence) => {
  const { premises } = evidence;
  const sumOf = (read: Listed, sign: 1 | -1, of: 'invoked' | 'acknowledged') => {
    const event = of === 'invoked' ? read.completion : read.invocation;
    const found = premises.find(
      (each) =>
        each.fact === 'amounts' &&
        each.f === 'add' &&
        each.sign === sign &&
        each.of === of &&
        each.before === event?.index &&
        same(each.key, read.invocation.key),
    );
    return found?.fact === 'amounts' ? BigInt(integerOf(found.sum) ?? 0) : undefined;
  };
  const isOutside = answered(evidence, 'read').some((read) => {
    const total = integerOf(answerOf(read));
    if (total === undefined) return false;
    const value = BigInt(total);
    const bound = (sign: 1 | -1) => {
      const [sure, possible] = [sumOf(read, sign, 'acknowledged'), sumOf(read, sign === 1 ? -1 : 1, 'invoked')];
      return sure === undefined || possible === undefined ? undefined : sure + possible;
    };
    const [least, most] = [bound(1), bound(-1)];
    return (least !== undefined && value < least) || (most !== undefined && value > most);
  });
  return isOutside ? PROVEN : unproven('the additions can make each total');
};
