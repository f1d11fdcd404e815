import { describe, expect, it } from 'vitest';
import type { History } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { listAppend, rwRegister } from './cycles/cycles.js';
import type { Checker, Validity } from './checker.js';
import { lock } from './lock.js';
import { register } from './models/register.js';
import { monotonic } from './monotonic.js';
import { linearizable } from './linearizability/linearizability.js';
import { sessionGuarantees } from './sessions/session-guarantees.js';
import { streamLock } from './streaming/lock.js';
import { contextWith, type Line, script } from './testing/script.js';

const done = (process: number, f: string, input: Json, output: Json = input): Line[] => [
  [process, 'invoke', f, input],
  [process, 'ok', f, output],
];
const unknown = (process: number, f: string, input: Json): Line[] => [
  [process, 'invoke', f, input],
  [process, 'info', f, input],
];

async function validityOf(checker: Checker, history: History, options: Record<string, Json>, model?: string) {
  const context = contextWith(options);
  return (await checker.check(history, model === undefined ? context : { ...context, consistency: model })).validity;
}

/**
 * What a session did first, an operation of unknown outcome, and what the same process did next: a violation of the
 * session's order if nothing lies between, none across the unknown outcome, after which a new session begins.
 */
const cases: readonly {
  readonly what: string;
  readonly checker: Checker;
  readonly model?: string;
  readonly options?: Record<string, Json>;
  readonly before: readonly Line[];
  readonly between: readonly Line[];
  readonly after: readonly Line[];
}[] = [
  {
    what: 'session guarantees',
    checker: sessionGuarantees,
    before: done(0, 'write', 1),
    between: unknown(0, 'read', null),
    after: done(0, 'read', null, null),
  },
  {
    what: 'monotonic, by process',
    checker: monotonic,
    options: { scope: 'process' },
    before: done(0, 'read', null, 5),
    between: unknown(0, 'read', null),
    after: done(0, 'read', null, 4),
  },
  {
    what: 'transactions of lists',
    checker: listAppend,
    model: 'strong-session-serializable',
    before: [...done(0, 'txn', [['append', 'x', 1]]), ...done(1, 'txn', [['r', 'x', null]], [['r', 'x', [1]]])],
    between: unknown(0, 'txn', [['r', 'x', null]]),
    after: done(0, 'txn', [['r', 'x', null]], [['r', 'x', []]]),
  },
  {
    what: 'transactions of registers',
    checker: rwRegister,
    model: 'strong-session-serializable',
    options: { initialState: 'empty' },
    before: done(0, 'txn', [['w', 'x', 1]]),
    between: unknown(0, 'txn', [['r', 'x', null]]),
    after: done(0, 'txn', [['r', 'x', null]], [['r', 'x', null]]),
  },
  {
    what: 'sequential consistency',
    checker: linearizable(register),
    model: 'sequential',
    before: done(0, 'write', 1),
    between: unknown(0, 'write', 2),
    after: done(0, 'read', null, null),
  },
];

describe('a process that goes on after an operation of unknown outcome is a new session', () => {
  it.each(cases.map((each) => [each.what, each] as const))('%s', async (_, each) => {
    const { checker, options = {}, model, before, between, after } = each;
    const judge = (...lines: readonly Line[]) => validityOf(checker, script(...lines), options, model);
    expect(await judge(...before, ...after)).toBe('invalid');
    expect(await judge(...before, ...between, ...after)).toBe('valid' satisfies Validity);
    // Within the new session its own order counts again.
    expect(await judge(...between, ...before, ...after)).toBe('invalid');
  });

  it('lock: the end of a session frees what it held, on whichever lock the unknown operation was', async () => {
    const held: readonly Line[] = [
      [0, 'invoke', 'acquire', null, 'a'],
      [0, 'ok', 'acquire', null, 'a'],
    ];
    const next: readonly Line[] = [
      [1, 'invoke', 'acquire', null, 'a'],
      [1, 'ok', 'acquire', null, 'a'],
    ];
    const lost = (key: string): readonly Line[] => [
      [0, 'invoke', 'acquire', null, key],
      [0, 'info', 'acquire', null, key],
    ];
    const again: readonly Line[] = [
      [0, 'invoke', 'release', null, 'a'],
      [0, 'fail', 'release', null, 'a'],
    ];
    const judge = async (...lines: readonly Line[]) => {
      const history = script(...lines);
      const stream = streamLock();
      const found = [...history.events()].map((event) => stream.push(event)).some((anomaly) => anomaly !== undefined);
      const validity = await validityOf(lock, history, {});
      expect(found).toBe(validity === 'invalid');
      return validity;
    };
    expect(await judge(...held, ...next)).toBe('invalid');
    expect(await judge(...held, ...lost('a'), ...next)).toBe('valid');
    expect(await judge(...held, ...lost('b'), ...next)).toBe('valid');
    expect(await judge(...held, ...lost('b'), ...again, ...next)).toBe('valid');
    expect(await judge(...lost('b'), ...held, ...next)).toBe('invalid');
  });
});
