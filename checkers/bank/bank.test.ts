import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { UserError } from '../../harness/kit/errors.js';
import type { Verdict } from '../checker.js';
import { contextWith, type Line, script, sequential } from '../testing/script.js';
import { bank } from './bank.js';
import { bankLinearizable } from './linearizable.js';
import { type BankShape, simulateBank } from './testing/simulated-bank.js';

const options = { accounts: 2, initialBalance: 50 };
const verdict = (lines: readonly Line[], given: Readonly<Record<string, Json>> = options) =>
  bank.check(script(...lines), contextWith(given)) as Verdict;
const kinds = (lines: readonly Line[], given = options) => verdict(lines, given).anomalies.map(({ kind }) => kind);
const read = (balances: Json): [string, Json, 'ok', Json] => ['read', null, 'ok', balances];

describe('bank', () => {
  it('counts every wrong read, and shows the worst and the range', () => {
    const found = verdict(
      sequential(read({ 0: 50, 1: 51 }), read({ 0: 50, 1: 80 }), read({ 0: 50, 1: 50 }), read({ 0: 0, 1: 10 })),
    );
    expect(found.anomalies[0]).toMatchObject({
      kind: 'wrong-total',
      operations: [0, 1],
      details: { count: 3, worst: 7, last: 7, lowest: 10, highest: 130 },
      drawing: { kind: 'series', expected: 100 },
    });
  });

  it('allows negative balances where they are', () => {
    const lines = sequential(['transfer', { from: 0, to: 1, amount: 60 }, 'ok'], read({ 0: -10, 1: 110 }));
    expect(kinds(lines)).toEqual(['negative-balance']);
    expect(verdict(lines, { ...options, negativeBalances: 'allowed' }).validity).toBe('valid');
  });

  it('is not fooled by transfers that cancel out: that is not frozen', () => {
    const lines = sequential(
      read({ 0: 50, 1: 50 }),
      ['transfer', { from: 0, to: 1, amount: 5 }, 'ok'],
      ['transfer', { from: 1, to: 0, amount: 5 }, 'ok'],
      read({ 0: 50, 1: 50 }),
    );
    expect(verdict(lines).validity).toBe('valid');
  });

  it('fails a store that serves its initial state for ever', () => {
    const shape: BankShape = {
      accounts: 4,
      initialBalance: 100,
      maxAmount: 20,
      operations: 200,
      concurrency: 4,
      infoShare: 0.01,
      failShare: 0,
      reads: 'plain',
      ledger: 'none',
      bug: 'frozen',
    };
    const given = contextWith({ accounts: 4, initialBalance: 100 });
    const found = bank.check(historyOf(simulateBank(shape, 1)), given) as Verdict;
    expect(found.anomalies.map(({ kind }) => kind)).toEqual(['frozen']);
    const whole = bankLinearizable.check(historyOf(simulateBank(shape, 1)), given) as Verdict;
    expect(whole.validity).toBe('invalid');
  });

  it('reports unknown transfers as recovered or not', () => {
    const ledger = {
      balances: { 0: 45, 1: 55 },
      versions: { 0: 1, 1: 1 },
      transfers: [{ id: 1, from: 0, to: 1, amount: 5 }],
    };
    const lines = sequential(
      ['transfer', { id: 1, from: 0, to: 1, amount: 5 }, 'info'],
      ['transfer', { id: 2, from: 0, to: 1, amount: 7 }, 'info'],
      ['ledger', null, 'ok', ledger],
    );
    expect(verdict(lines).details).toMatchObject({ ledger: { recovered: 1, notRecovered: 1 } });
  });

  it('knows nothing when nothing was read, and says what it did not check', () => {
    expect(verdict(sequential(['transfer', { id: 1, from: 0, to: 1, amount: 5 }, 'ok'])).validity).toBe('unknown');
    expect(verdict(sequential(['ledger', null, 'info'], read({ 0: 50, 1: 50 })))).toMatchObject({
      validity: 'unknown',
      reason: 'no read of the ledger succeeded',
    });
    expect(verdict(sequential(read({ 0: 50, 1: 50 }))).notChecked.join()).toContain('no ledger');
  });

  it.each<[string, Line[], RegExp]>([
    ['a read that is no object', sequential(read(7)), /^event 1: a read needs an object/],
    ['a balance that is text', sequential(read({ 0: '50', 1: 50 })), /^event 1: the balance of account 0 is "50"/],
    ['half a coin', sequential(read({ 0: 49.5, 1: 50.5 })), /^event 1: the balance of account 0 is 49\.5/],
    [
      'versions that are no object',
      sequential(read({ balances: { 0: 1, 1: 1 }, versions: 4 })),
      /^event 1: "versions"/,
    ],
    ['a transfer without a value', sequential(['transfer', null, 'ok']), /^event 0: a transfer needs/],
    ['a transfer from nowhere', sequential(['transfer', { to: 1, amount: 1 }, 'ok']), /^event 0: "from" is missing/],
    ['a transfer to nobody', sequential(['transfer', { from: 0, to: 9, amount: 1 }, 'ok']), /^event 0: "to" is 9/],
    ['a negative amount', sequential(['transfer', { from: 0, to: 1, amount: -1 }, 'ok']), /^event 0: "amount" is -1/],
    ['an id that is a list', sequential(['transfer', { id: [], from: 0, to: 1, amount: 1 }, 'ok']), /^event 0: "id"/],
    [
      'an id used twice',
      sequential(
        ['transfer', { id: 1, from: 0, to: 1, amount: 1 }, 'ok'],
        ['transfer', { id: 1, from: 0, to: 1, amount: 1 }, 'ok'],
      ),
      /^event 2: transfer id 1 was used before, at event 0/,
    ],
    [
      'an id missing',
      sequential(
        ['transfer', { id: 1, from: 0, to: 1, amount: 1 }, 'ok'],
        ['transfer', { from: 0, to: 1, amount: 1 }, 'ok'],
      ),
      /^event 2: this transfer has no "id"/,
    ],
    [
      'an outcome nobody knows',
      sequential(['transfer', { from: 0, to: 1, amount: 1 }, 'ok', { outcome: 'maybe' }]),
      /^event 1: "outcome" is "maybe"/,
    ],
    [
      'a ledger without a list',
      sequential(['ledger', null, 'ok', { balances: {}, transfers: 1 }]),
      /^event 1: "transfers" is no list/,
    ],
    [
      'a ledger entry without an id',
      sequential(['ledger', null, 'ok', { balances: {}, transfers: [{}] }]),
      /^event 1: entry 0/,
    ],
    ['another operation', sequential(['deposit', 4, 'ok']), /^event 0: operation "deposit" is not one of bank/],
  ])('refuses %s, naming the event', (_, lines, message) => {
    for (const checker of [bank, bankLinearizable]) {
      expect(() => checker.check(script(...lines), contextWith(options))).toThrow(UserError);
      expect(() => checker.check(script(...lines), contextWith(options))).toThrow(message);
    }
  });

  it('never crashes oddly on absurd values', () => {
    fc.assert(
      fc.property(fc.constantFrom('read', 'ledger', 'transfer'), fc.jsonValue(), fc.jsonValue(), (f, input, output) => {
        const history = script(...sequential([f, input as Json, 'ok', output as Json]));
        for (const checker of [bank, bankLinearizable]) {
          for (const given of [{}, options]) {
            try {
              void checker.check(history, contextWith(given));
            } catch (error) {
              expect(error).toBeInstanceOf(UserError);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses absurd options', () => {
    expect(() => verdict([], { accounts: 1e12 })).toThrow(/option accounts/);
    expect(() => verdict([], { accounts: 2, initialBalance: 'much' })).toThrow(/option initialBalance/);
  });
});
