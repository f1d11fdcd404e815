import { type History, INVOKE, NEMESIS, NONE, VALUE_INT } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { identity } from '../harness/history/values/identity.js';
import type { Premise } from './checker.js';

/** The key that an event has of its own, for premises. */
export function keyAt({ columns }: History, position: number): { readonly key?: string } {
  const key = columns.keys[position];
  return key === NONE ? {} : { key: columns.keyNames[key] };
}

/** Nobody but those listed asked to write it to the object that an event concerns. */
export function writersAt(history: History, position: number, value: Json): Premise {
  return { fact: 'writers', ...keyAt(history, position), value };
}

/**
 * Positions of every attempt (invocation and completion, or NONE) to write a value to the object that an event concerns,
 * by operations of these names. Looks through the whole history: for anomalies, which are few.
 */
export function attemptsOn(history: History, names: readonly string[], position: number, value: Json): number[] {
  const { types, functions, functionNames, keys, pairs, processes, valueKinds, valuesA, length } = history.columns;
  const wanted = functionNames.map((f) => names.includes(f));
  const text = identity(value);
  const found: number[] = [];
  for (let at = 0; at < length; at++) {
    if (types[at] !== INVOKE || !wanted[functions[at]] || keys[at] !== keys[position] || processes[at] === NEMESIS)
      continue;
    const isSame = valueKinds[at] === VALUE_INT ? valuesA[at] === value : identity(history.value(at)) === text;
    if (isSame) found.push(at, pairs[at]);
  }
  return found;
}
