import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { clientSessions } from '../../harness/history/client-sessions.js';
import { INFO, INVOKE, NONE, OK, FAIL, type History } from '../../harness/history/history.js';
import { UNLIMITED } from '../checker.js';
import { Deadline } from '../linearizability/budget.js';
import { simulate, type Vocabulary } from '../linearizability/testing/random-history.js';
import { registers, vocabularies } from '../linearizability/testing/vocabularies.js';
import type { Model, ModelOperation } from '../model.js';
import { decideSequential, type SequentialDecision } from './decide.js';

const context = { budget: UNLIMITED, options: {} };
const decide = (history: History, model: Model<unknown>, order: 'process' | 'none' = 'process') =>
  decideSequential(history, model, context, new Deadline(1e9, 1e6), order);

interface Asked {
  readonly operation: ModelOperation;
  readonly object: string;
  readonly process: number;
  readonly at: number;
  readonly isKnown: boolean;
}

/** The operations that may have happened, straight from the events. */
function operationsOf(history: History, model: Model<unknown>): Asked[] {
  const { types, pairs, functionNames, functions, keys, length } = history.columns;
  const { sessions } = clientSessions(history);
  const found: Asked[] = [];
  for (let at = 0; at < length; at++) {
    if (types[at] !== INVOKE) continue;
    const type = pairs[at] === NONE ? INFO : types[pairs[at]];
    if (type === FAIL) continue;
    const isKnown = type === OK;
    const operation = {
      f: functionNames[functions[at]],
      input: history.value(at),
      output: isKnown ? history.value(pairs[at]) : undefined,
    };
    const object = `${keys[at]} ${model.partition?.(operation) ?? ''}`;
    found.push({ operation, object, process: sessions[at], at, isKnown });
  }
  return found;
}

/** Every order tried, as the definition says: no operation before one of the same process that returned before it began. */
function bruteForce(history: History, model: Model<unknown>, order: 'process' | 'none'): boolean {
  const all = operationsOf(history, model);
  const mustWait = (one: Asked, left: readonly Asked[]) =>
    order === 'process' && left.some((other) => other.isKnown && other.process === one.process && other.at < one.at);
  const search = (states: ReadonlyMap<string, unknown>, left: readonly Asked[]): boolean =>
    left.every(({ isKnown }) => !isKnown) ||
    left.some((one) => {
      if (mustWait(one, left)) return false;
      const state = states.has(one.object) ? states.get(one.object) : model.initial({});
      const after = model.step(state, one.operation);
      if (after === undefined) return false;
      return search(
        new Map(states).set(one.object, after),
        left.filter((other) => other !== one),
      );
    });
  return search(new Map(), all);
}

/** Small histories, with one key or two that the same processes use, and with wrong answers. */
function smallHistory(vocabulary: Vocabulary<unknown>, seed: number): History {
  const shape = {
    operations: 3 + (seed % 4),
    concurrency: 1 + (seed % 3),
    infoShare: (seed % 4) * 0.08,
    corruption: (seed % 3) * 0.2,
  };
  const events = simulate(vocabulary, shape, 2 * seed);
  if (seed % 2 === 0) return historyOf(events);
  const unfinished = new Set<number>();
  for (const { process, type } of events) {
    if (type === 'invoke') unfinished.add(Number(process));
    else unfinished.delete(Number(process));
  }
  const others = simulate(vocabulary, { ...shape, operations: 3 }, 2 * seed + 1).map((event) => {
    const process = Number(event.process);
    return { ...event, process: unfinished.has(process) ? process + 100 : process, key: 'b' };
  });
  return historyOf([...events.map((event) => ({ ...event, key: 'a' })), ...others]);
}

/** An order explains every answer and keeps the sessions: checked from the events alone. */
function holds(
  history: History,
  model: Model<unknown>,
  decision: SequentialDecision,
  order: 'process' | 'none',
): boolean {
  if (decision.validity !== 'valid') return false;
  const all = new Map(operationsOf(history, model).map((one) => [one.at, one]));
  const states = new Map<string, unknown>();
  const placed = new Map<number, number>();
  const taken = new Set<number>();
  for (const { invoked } of decision.order) {
    const one = all.get(invoked)!;
    const before = states.has(one.object) ? states.get(one.object) : model.initial({});
    const after = model.step(before, one.operation);
    if (after === undefined || taken.has(invoked)) return false;
    const latest = placed.get(one.process) ?? -1;
    if (order === 'process' && one.isKnown && invoked < latest) return false;
    placed.set(one.process, Math.max(latest, invoked));
    states.set(one.object, after);
    taken.add(invoked);
  }
  return [...all.values()].every(({ isKnown, at }) => !isKnown || taken.has(at));
}

const kinds: Readonly<Record<string, Vocabulary<unknown>>> = {
  ...(vocabularies as unknown as Record<string, Vocabulary<unknown>>),
  unique: registers(0, [2, 2, 0]) as unknown as Vocabulary<unknown>,
  'unique cas': registers(0, [2, 1, 3]) as unknown as Vocabulary<unknown>,
  few: registers(2, [2, 2, 2]) as unknown as Vocabulary<unknown>,
};

describe('sequential consistency', () => {
  it.each(Object.keys(kinds))('agrees with trying every order on 400 histories: %s', (name) => {
    const { model } = kinds[name];
    const seen = { valid: 0, invalid: 0, unknown: 0 };
    for (let seed = 0; seed < 400; seed++) {
      const history = smallHistory(kinds[name], seed);
      const order = seed % 5 === 0 ? 'none' : 'process';
      const decision = decide(history, model, order);
      seen[decision.validity]++;
      expect(decision.validity, `seed ${seed}`).toBe(bruteForce(history, model, order) ? 'valid' : 'invalid');
      if (decision.validity === 'valid')
        expect(holds(history, model, decision, order), `order, seed ${seed}`).toBe(true);
    }
    expect(seen.valid).toBeGreaterThan(20);
  });

  it('stops searching when time is up', () => {
    // Ten writers of two values in turn, and a reader who wants more changes than they can make.
    const writers = Array.from({ length: 10 }, (_, process) =>
      Array.from({ length: 12 }, (_, at) => ({ process, f: 'write', value: (at + process) % 2 })),
    ).flat();
    const reads = Array.from({ length: 200 }, (_, at) => ({ process: 10, f: 'read', value: at % 2 }));
    const events = [...writers, ...reads].flatMap((one) => [
      { ...one, type: 'invoke', value: one.f === 'read' ? null : one.value } as const,
      { ...one, type: 'ok' } as const,
    ]);
    let looks = 0;
    const deadline = new Deadline(20, 1e9, undefined, () => looks++);
    const { model } = kinds['few'];
    expect(decideSequential(historyOf(events), model, context, deadline)).toMatchObject({ validity: 'unknown' });
    expect(looks).toBe(22);
  });
});
