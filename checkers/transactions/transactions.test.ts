import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HistoryBuilder } from '../../harness/history/builder.js';
import { UserError } from '../../harness/kit/errors.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED } from '../checker.js';
import { listAppend, rwRegister } from '../cycles/cycles.js';
import { readTransactions } from './reader.js';
import { elementsRead, type Family } from './transactions.js';

/** One transaction after another, as they were answered. */
function historyOf(...values: readonly Json[]) {
  const builder = new HistoryBuilder();
  for (const value of values) {
    builder.append({ process: 0, type: 'invoke', f: 'txn', value });
    builder.append({ process: 0, type: 'ok', f: 'txn', value });
  }
  return builder.build();
}

function problem(family: Family, value: Json): string {
  try {
    readTransactions(historyOf([['r', 0, family === 'list-append' ? [] : null]], value), family);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  return 'none';
}

describe('transactions', () => {
  it('keeps values, keys and texts apart', () => {
    const values = [1, -5, 2147483647, -2147483648, 9007199254740993n, 1.5, '1', 'a"b', true].map((value) =>
      typeof value === 'bigint' ? Number(value) : value,
    );
    const read = readTransactions(
      historyOf(values.map((value, at): Json => ['w', `k${String(at)}`, value])),
      'rw-register',
    );
    expect([...read.values].map((code) => read.codes.nameOf(code))).toEqual(
      values.map((value) => JSON.stringify(value)),
    );
    expect(new Set(read.values).size).toBe(values.length);
    expect(read.keyNames).toHaveLength(values.length);
  });

  it('tells the key 1 from the key "1"', () => {
    const read = readTransactions(
      historyOf([
        ['w', 1, 1],
        ['w', '1', 1],
        ['w', -1, 1],
      ]),
      'rw-register',
    );
    expect(read.keyNames).toEqual(['1', '"1"', '-1']);
  });

  it('keeps what every read showed, whatever was read before it', () => {
    const element = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(1, 2, 12, 123, 3) },
      fc.constantFrom('a', '1,2', ']'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), fc.array(element, { maxLength: 4 })), { maxLength: 8 }), (reads) => {
        const read = readTransactions(
          historyOf(...reads.map(([key, list]): Json => [['r', key, list]])),
          'list-append',
        );
        const shown = reads.map((_, mop) => [...elementsRead(read, mop)]);
        expect(shown.map((list) => list.map((code) => JSON.parse(read.codes.nameOf(code)) as Json))).toEqual(
          reads.map(([, list]) => list),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps only the writes of a transaction that did not return ok', () => {
    const builder = new HistoryBuilder();
    const value: Json = [
      ['r', 0, null],
      ['append', 0, 1],
    ];
    builder.append({ process: 0, type: 'invoke', f: 'txn', value });
    builder.append({ process: 0, type: 'info', f: 'txn', value: null });
    builder.append({ process: 1, type: 'invoke', f: 'txn', value });
    const read = readTransactions(builder.build(), 'list-append');
    expect([...read.starts]).toEqual([0, 1, 2]);
  });

  it.each<[Family, Json, RegExp]>([
    ['list-append', null, /^event 3: its value is not an array of micro-operations; list-append takes an array of/],
    ['list-append', 7, /^event 3: its value is not an array of micro-operations/],
    ['list-append', [1, 2], /^event 3: its value is not an array of micro-operations/],
    ['list-append', { r: 1 }, /^event 3: its value is not an array of micro-operations/],
    ['list-append', [['r', 0]], /^event 3: its value is not a micro-operation of three parts/],
    ['list-append', [['r', 0, [], 4]], /^event 3: its value is not the end of a micro-operation/],
    ['list-append', [[3, 0, []]], /^event 3: its value is not the name of a micro-operation/],
    ['list-append', [['w', 0, 1]], /^event 3: its value has micro-operation "w"; .*\["append", key, value\]$/],
    ['rw-register', [['append', 0, 1]], /^event 3: its value has micro-operation "append"; .*\["w", key, value\]$/],
    ['rw-register', [['cas', 0, 1]], /^event 3: its value has micro-operation "cas"/],
    ['list-append', [['r', 0, 5]], /^event 3: its value reads something else than a list|has a list/],
    ['list-append', [['r', 0, [null]]], /^event 3: its value reads null as an element/],
    ['list-append', [['append', 0, null]], /^event 3: its value appends null/],
    ['rw-register', [['w', null, 1]], /^event 3: its value has the key null/],
  ])('refuses a %s event with %j', (family, value, message) => {
    expect(problem(family, value)).toMatch(message);
  });
});

describe('values that are not unique', () => {
  const context = { budget: UNLIMITED, options: {} };

  it.each([
    [listAppend, 'append', /^value 1 is appended to key 0 more than once \(events 0 and 2\)/],
    [rwRegister, 'w', /^value 1 is written to key 0 more than once \(events 0 and 2\)/],
  ] as const)('leave $name undecided', async (checker, f, reason) => {
    const verdict = await checker.check(historyOf([[f, 0, 1]], [[f, 0, 1]]), context);
    expect(verdict).toMatchObject({ validity: 'unknown', reason: expect.stringMatching(reason) as string });
  });
});

describe('budgets and models', () => {
  const history = historyOf([['append', 0, 1]], [['r', 0, [1]]]);

  it('answers unknown when cancelled or out of time', async () => {
    const many = historyOf(...Array.from({ length: 3000 }, (_, i): Json => [['append', i % 7, i]]));
    const late = await listAppend.check(many, { budget: { timeMs: 0, memoryBytes: Infinity }, options: {} });
    expect(late).toMatchObject({
      validity: 'unknown',
      reason: expect.stringMatching(/time budget of 0 ms ran out/) as string,
    });
    const cancelled = await listAppend.check(many, { budget: UNLIMITED, options: {}, signal: AbortSignal.abort() });
    expect(cancelled).toMatchObject({
      validity: 'unknown',
      reason: expect.stringMatching(/^cancelled while/) as string,
    });
  });

  it('judges against what was asked for, else what is claimed, else strict serializability', async () => {
    const modelOf = async (given: { readonly consistency?: string; readonly claimed?: string }) =>
      (await listAppend.check(history, { budget: UNLIMITED, options: {}, ...given })).details['model'];
    expect(await modelOf({})).toBe('strict-serializable');
    expect(await modelOf({ claimed: 'PL-2' })).toBe('read-committed');
    expect(await modelOf({ claimed: 'PL-2', consistency: 'serializable' })).toBe('serializable');
    await expect(modelOf({ consistency: 'eventual' })).rejects.toThrow(/unknown consistency model "eventual"/);
  });

  it('says nothing about a history without dependencies', async () => {
    const verdict = await listAppend.check(historyOf([['append', 0, 1]]), { budget: UNLIMITED, options: {} });
    expect(verdict).toMatchObject({ validity: 'unknown', reason: expect.stringMatching(/read anything/) as string });
    const nothing = await rwRegister.check(historyOf(), { budget: UNLIMITED, options: {} });
    expect(nothing.validity).toBe('unknown');
  });
});
