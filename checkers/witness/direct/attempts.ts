import type { Json } from '../../../harness/history/operation.js';
import type { Evidence, Listed } from '../evidence.js';
import { same } from '../identity.js';
import { isTransaction, writesOf } from '../writes.js';

/** Listed operations that ask to write a value, whatever came of them. */
export function attemptsOf({ operations }: Evidence, key: Json | undefined, value: Json): readonly Listed[] {
  return operations.filter(({ invocation }) =>
    writesOf(invocation).some((write) => same(write.key, key) && same(write.value, value)),
  );
}

/** Whether nobody but those listed asked to write it. */
export function areAllListed({ premises }: Evidence, key: Json | undefined, value: Json): boolean {
  return premises.some((each) => each.fact === 'writers' && same(each.key, key) && same(each.value, value));
}

/** How many of all attempts to write a value may have been made by a position; undefined where not all are known. */
export function mayBeThere(
  evidence: Evidence,
  key: Json | undefined,
  value: Json,
  position: number,
): number | undefined {
  if (!areAllListed(evidence, key, value)) return undefined;
  const attempts = attemptsOf(evidence, key, value);
  return attempts.filter(({ outcome, invokedAt }) => outcome !== 'fail' && invokedAt < position).length;
}

export function isOption({ premises }: Evidence, name: string, value: Json): boolean {
  return premises.some((each) => each.fact === 'option' && each.name === name && same(each.value, value));
}

/** Acknowledged operations with one of these names. */
export function answered({ operations }: Evidence, ...names: readonly string[]): readonly Listed[] {
  return operations.filter(({ invocation, outcome }) => outcome === 'ok' && names.includes(invocation.f));
}

export function answerOf({ completion }: Listed): Json {
  return completion?.value ?? null;
}

/** The elements of a list, of a set of EDN, or of a value that is one itself; nothing where nothing was answered. */
export function elementsIn(value: Json): readonly Json[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value as readonly Json[];
  const set = typeof value === 'object' ? (value as Readonly<Record<string, Json>>)['#{}'] : undefined;
  return Array.isArray(set) ? (set as readonly Json[]) : [value];
}

/** Values by key, as an answered transaction shows them. */
export function readsOf(one: Listed): readonly { readonly key: Json; readonly value: Json }[] {
  const value = answerOf(one);
  if (!isTransaction(value)) return [];
  return value.flatMap(([f, key, read]) => (f === 'r' ? [{ key, value: read }] : []));
}
