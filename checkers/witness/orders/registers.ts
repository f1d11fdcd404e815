import type { Json } from '../../../harness/history/operation.js';
import type { Premise } from '../../checker.js';
import type { Evidence, Listed } from '../evidence.js';
import { identity } from '../identity.js';
import { writesOf } from '../writes.js';
import type { Puzzle } from './order.js';

type Source = Extract<Premise, { readonly fact: 'sources' }>;

/** What each register holds, by key; of one that is absent nothing is known. */
type State = ReadonlyMap<string, string>;

/**
 * Registers among operations that are not listed: those may write at any moment any value of which it is no fact that they
 * don't. So a read of such a value is always explained.
 */
export function registerPuzzle(
  { operations, premises }: Evidence,
  precedes: (earlier: Listed, later: Listed) => boolean,
  otherwise: Json,
): Puzzle<State> {
  const sources = new Map<string, Source[]>();
  for (const premise of premises) {
    if (premise.fact !== 'sources') continue;
    const name = `${identity(premise.key)} ${identity(premise.value)}`;
    sources.set(name, [...(sources.get(name) ?? []), premise]);
  }
  const option = premises.find((premise) => premise.fact === 'option' && premise.name === 'initial');
  const initial = option?.fact === 'option' ? identity(option.value ?? otherwise) : undefined;
  const keys = new Set(operations.map(({ invocation }) => identity(invocation.key)));
  /** Whether a value may be written by an operation that is not listed, after those that are placed. */
  const mayAppear = (key: string, value: string, placed: ReadonlySet<number>): boolean =>
    (sources.get(`${key} ${value}`) ?? []).every(({ since, before }) => {
      if (since !== undefined && [...placed].every((op) => operations[op].invocation.index < since)) return true;
      if (before === undefined) return false;
      return operations.every(
        ({ outcome, completion }, op) => outcome !== 'ok' || placed.has(op) || completion!.index > before,
      );
    });
  const writesNull = (key: string) =>
    operations.some(({ invocation }) =>
      writesOf(invocation).some((write) => identity(write.key) === key && write.value === null),
    );
  /** A key that was never written may be answered null. */
  const meant = (key: string, value: string) =>
    value === 'null' && initial !== undefined && sources.has(`${key} null`) && !writesNull(key) ? initial : value;
  return {
    count: operations.length,
    initial: new Map(initial === undefined ? [] : [...keys].map((key) => [key, initial] as const)),
    isRequired: (op) => operations[op].outcome === 'ok',
    precedes: (earlier, later) => precedes(operations[earlier], operations[later]),
    step: (op, state, placed) => {
      const { invocation, completion, outcome } = operations[op];
      if (outcome === 'fail') return undefined;
      const key = identity(invocation.key);
      const { shown, written } = accessOf(
        invocation.f,
        invocation.value,
        outcome === 'ok' ? completion?.value : undefined,
      );
      const expected = shown === undefined ? undefined : meant(key, shown);
      const current = state.get(key);
      if (expected !== undefined && current !== undefined && current !== expected && !mayAppear(key, expected, placed))
        return undefined;
      const left = written ?? expected ?? current;
      return left === undefined ? state : new Map(state).set(key, left);
    },
    key: (state) => JSON.stringify([...state].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** What an operation shows of the value before it, and what it leaves. */
function accessOf(
  f: string,
  input: Json,
  output: Json | undefined,
): { readonly shown?: string; readonly written?: string } {
  if (f === 'read' || f === 'get') return output === undefined ? {} : { shown: identity(output) };
  if (f !== 'cas') return { written: identity(input) };
  const [from, to] = input as readonly [Json, Json];
  return { shown: identity(from), written: identity(to) };
}
