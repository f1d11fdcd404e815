import { type History, NONE } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Premise } from '../checker.js';
import { INITIAL, NEVER, type RegisterLog, type RegisterOperation } from './register-log.js';

/** The value that a version's write wrote; the initial one for {@link INITIAL}. */
export function valueOf(history: History, log: RegisterLog, version: number): Json {
  if (version === INITIAL) return log.initial;
  const { invoked, read } = log.operations[log.writers[version]];
  const value = history.value(invoked);
  return read !== NONE && Array.isArray(value) ? (value[1] as Json) : value;
}

/** That a value tells which version it is of: nobody else wrote it. */
export function versionPremises(history: History, log: RegisterLog, versions: readonly number[]): readonly Premise[] {
  const { initial } = log;
  return [...new Set(versions)].flatMap((version): readonly Premise[] => {
    if (version !== INITIAL) return [writers(log, valueOf(history, log, version))];
    return [{ fact: 'initial', value: initial }, writers(log, initial)];
  });
}

export function writers({ key }: RegisterLog, value: Json): Premise {
  return { fact: 'writers', ...(key !== undefined && { key }), value };
}

/** Positions of the writes of versions and of whatever shows that they had taken effect. */
export function effectPositions(history: History, log: RegisterLog, versions: readonly number[]): readonly number[] {
  const { pairs } = history.columns;
  return versions
    .filter((version) => version !== INITIAL)
    .flatMap((version) => {
      const shown = log.effective[version];
      return [...positionsOf(log.operations[log.writers[version]]), ...(shown === NEVER ? [] : [pairs[shown], shown])];
    });
}

/** Of an operation, its events. */
export function positionsOf({ invoked, completed }: RegisterOperation): readonly number[] {
  return completed === NEVER ? [invoked] : [invoked, completed];
}

/** That operations of one session are that: for each session the first and the last of these. */
export function sessionPremises(history: History, operations: readonly RegisterOperation[]): readonly Premise[] {
  const { indices, processes } = history.columns;
  const spans = new Map<number, { first: number; last: number }>();
  for (const { session, invoked } of operations) {
    const span = spans.get(session) ?? { first: invoked, last: invoked };
    spans.set(session, { first: Math.min(span.first, invoked), last: Math.max(span.last, invoked) });
  }
  return [...spans.values()]
    .filter(({ first, last }) => first !== last)
    .map(({ first, last }) => ({
      fact: 'session',
      process: processes[first],
      first: indices[first],
      last: indices[last],
    }));
}
