import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../harness/history/operation.js';
import { UserError } from '../../harness/kit/errors.js';
import type { Verdict } from '../checker.js';
import { contextWith, type Line, script } from '../testing/script.js';
import { inventory } from './inventory.js';
import { inventoryLinearizable } from './linearizable.js';

const options = { skus: ['tea'], initialStock: 10 };
const verdict = (lines: readonly Line[], given: Readonly<Record<string, Json>> = options) =>
  inventory.check(script(...lines), contextWith(given)) as Verdict;

/** One operation on tea that nothing overlaps. */
const one = (f: string, input: Json, output: Json, key: string | undefined = 'tea'): Line[] => [
  [0, 'invoke', f, input, ...(key === undefined ? ([] as const) : ([key] as const))],
  [0, 'ok', f, output, ...(key === undefined ? ([] as const) : ([key] as const))],
];
const order = (id: number, quantity: number, outcome = 'confirmed') =>
  one('order', { id, quantity, region: 'A' }, { id, quantity, region: 'A', outcome });

describe('inventory', () => {
  it('tells by how much an article was oversold, and which orders cannot all be true', () => {
    const found = verdict([...order(1, 6), ...order(2, 3), ...order(812, 4), ...one('read', null, 1)]);
    const oversold = found.anomalies.find(({ kind }) => kind === 'oversold');
    expect(oversold).toMatchObject({
      operations: [4, 5],
      details: { sku: 'tea', excess: 3, orders: ['812'] },
      drawing: { kind: 'series', expected: 0 },
    });
    expect(oversold?.sentence).toContain('Of tea, 3 pieces too many were sold');
    expect(oversold?.sentence).toContain('812 (4)');
  });

  it('counts an unknown order as sold once the book shows it', () => {
    const record = (id: number, quantity: number) => ({ id, sku: 'tea', quantity, status: 'confirmed' });
    const lines: Line[] = [
      [1, 'invoke', 'order', { id: 1, quantity: 6, region: 'A' }, 'tea'],
      [1, 'info', 'order', { id: 1, quantity: 6, region: 'A' }, 'tea'],
      ...order(2, 6),
    ];
    const book = (orders: Json, tea: number) => one('book', null, { stock: { tea }, orders, restocks: [] }, undefined);
    expect(verdict([...lines, ...book([record(2, 6)], 4)]).validity).toBe('valid');
    const sold = verdict([...lines, ...book([record(1, 6), record(2, 6)], -2)]);
    expect(sold.anomalies.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['oversold', 'negative-stock']));
  });

  it('forgives a refusal while stock may have been gone', () => {
    const busy: Line[] = [
      [1, 'invoke', 'order', { id: 1, quantity: 6, region: 'A' }, 'tea'],
      ...order(2, 6, 'sold-out'),
      [1, 'ok', 'order', { id: 1, quantity: 6, region: 'A', outcome: 'confirmed' }, 'tea'],
      ...one('read', null, 4),
    ];
    expect(verdict(busy).validity).toBe('valid');
    const calm = [...order(1, 3), ...order(2, 6, 'sold-out'), ...one('read', null, 7)];
    expect(verdict(calm).anomalies[0]).toMatchObject({ kind: 'unjustified-refusal', details: { leastStock: 7 } });
  });

  it('takes the initial stock from a read before everything, and says so where there is none', () => {
    const lines = [...one('read', null, 4), ...order(1, 4), ...order(2, 1)];
    expect(verdict([...lines, ...one('read', null, 0)], {}).anomalies[0]).toMatchObject({ kind: 'oversold' });
    const blind = verdict([...order(1, 4), ...one('read', null, 0)], {});
    expect(blind.validity).toBe('valid');
    expect(blind.notChecked.join()).toContain('nothing tells its initial stock');
  });

  it('knows nothing when nothing was read', () => {
    expect(verdict(order(1, 1)).validity).toBe('unknown');
    const unread: Line[] = [...one('read', null, 10), [1, 'invoke', 'book'], [1, 'info', 'book']];
    expect(verdict(unread)).toMatchObject({ validity: 'unknown', reason: 'no read of the book succeeded' });
  });

  it.each<[string, Line[], RegExp]>([
    ['a stock that is text', one('read', null, '10'), /^event 1: the stock is "10"/],
    ['an order without an id', one('order', { quantity: 1 }, {}), /^event 0: "id" is missing/],
    [
      'an order of less than nothing',
      one('order', { id: 1, quantity: -1 }, { outcome: 'confirmed' }),
      /^event 0: "quantity" is -1/,
    ],
    ['an order without an answer', one('order', { id: 1, quantity: 1 }, {}), /^event 1: "outcome" is missing/],
    [
      'an outcome that is inherited',
      one('order', { id: 1, quantity: 1 }, { outcome: 'constructor' }),
      /^event 1: "outcome"/,
    ],
    [
      'an order of no article',
      one('order', { id: 1, quantity: 1 }, { outcome: 'confirmed' }, 'pot'),
      /^event 0: its key/,
    ],
    ['an id used twice', [...order(1, 1), ...order(1, 1)], /^event 2: order id 1 was used before, at event 0/],
    ['a stock-take without stock', one('stock-take', null, 3, undefined), /^event 1: a stock-take needs/],
    ['a book without orders', one('book', null, { stock: {} }, undefined), /^event 1: a book needs lists/],
    [
      'an order of the book in no state',
      one('book', null, { stock: {}, orders: [{ id: 1, sku: 'tea', quantity: 1 }], restocks: [] }, undefined),
      /^event 1: "status" of order 0/,
    ],
    ['another operation', one('steal', 1, 1), /^event 0: operation "steal" is not one of inventory/],
  ])('refuses %s, naming the event', (_, lines, message) => {
    for (const checker of [inventory, inventoryLinearizable]) {
      expect(() => checker.check(script(...lines), contextWith(options))).toThrow(UserError);
      expect(() => checker.check(script(...lines), contextWith(options))).toThrow(message);
    }
  });

  it('never crashes oddly on absurd values', () => {
    const names = fc.constantFrom('read', 'order', 'cancel', 'restock', 'stock-take', 'book');
    fc.assert(
      fc.property(names, fc.jsonValue(), fc.jsonValue(), fc.boolean(), (f, input, output, keyed) => {
        const lines = one(f, input as Json, output as Json, keyed ? 'tea' : undefined);
        for (const checker of [inventory, inventoryLinearizable]) {
          for (const given of [{}, options]) {
            try {
              void checker.check(script(...lines), contextWith(given));
            } catch (error) {
              expect(error).toBeInstanceOf(UserError);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
