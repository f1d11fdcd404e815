import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { type Checker, type Verdict, UNLIMITED } from '../checker.js';
import { bruteForce } from '../linearizability/testing/oracle.js';
import { inventory } from './inventory.js';
import { inventoryLinearizable } from './linearizable.js';
import { operationsOf } from './testing/operations.js';
import { type ShopBug, type ShopShape, simulateShop } from './testing/simulated-shop.js';
import { shopModel } from './testing/shop-model.js';

const BUGS: readonly (ShopBug | undefined)[] = [
  undefined,
  'stale-read',
  'torn-stock-take',
  'lost-order',
  'phantom-order',
  'returned-twice',
  'stale-refusal',
  'oversell',
  'taken-twice',
  'lost-return',
  'frozen',
];
const ROUNDS = 2_000;

const check = (checker: Checker, history: History, options: Readonly<Record<string, Json>>) =>
  checker.check(history, { budget: { ...UNLIMITED, timeMs: 20_000 }, options }) as Verdict;

function smallShape(seed: number): ShopShape {
  const bug = BUGS[seed % BUGS.length];
  return {
    skus: 1 + (seed % 3),
    initialStock: [2, 3, 10][(seed >> 1) % 3],
    maxQuantity: [2, 3][seed % 2],
    maxRestock: 3,
    operations: 4 + (seed % 6),
    concurrency: 1 + (seed % 5),
    infoShare: (seed % 4) * 0.12,
    failShare: 0.05,
    book: (seed >> 1) % 3 ? 'none' : 'final',
    bugShare: 0.4,
    ...(bug && { bug }),
  };
}

describe('inventory-linearizable', () => {
  it(`agrees with brute force on ${ROUNDS} small histories of several articles`, () => {
    const seen = { valid: 0, invalid: 0 };
    for (let seed = 0; seed < ROUNDS; seed++) {
      const shape = smallShape(seed);
      const history = historyOf(simulateShop(shape, seed));
      const skus = Array.from({ length: shape.skus }, (_, sku) => `sku-${sku}`);
      const options = { skus, initialStock: shape.initialStock };
      const right = bruteForce(shopModel, operationsOf(history), options);
      const verdict = check(inventoryLinearizable, history, options);
      const unread = verdict.validity === 'unknown' && verdict.reason === 'no reading of the stock succeeded';
      if (!(right && unread)) expect(verdict.validity, `seed ${seed}`).toBe(right ? 'valid' : 'invalid');
      // The direct checks see less, but never more.
      if (right) expect(check(inventory, history, options).anomalies, `seed ${seed}`).toEqual([]);
      seen[right ? 'valid' : 'invalid']++;
    }
    expect(seen.valid).toBeGreaterThan(ROUNDS / 10);
    expect(seen.invalid).toBeGreaterThan(ROUNDS / 20);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'finds long right histories valid, of busy articles and scarce stock (seed %i)',
    (seed) => {
      const shape: ShopShape = {
        skus: 1 + (seed % 4),
        initialStock: [5, 20, 100][seed % 3],
        maxQuantity: 5,
        maxRestock: [8, 20][seed % 2],
        operations: 1_000,
        concurrency: 2 + 2 * seed,
        infoShare: 0.01,
        failShare: 0.02,
        book: 'final',
      };
      const options = { skus: shape.skus, initialStock: shape.initialStock };
      const history = historyOf(simulateShop(shape, seed));
      expect(check(inventoryLinearizable, history, options)).toMatchObject({ validity: 'valid' });
      expect(check(inventory, history, options)).toMatchObject({ validity: 'valid' });
    },
  );

  it.each<[ShopBug, readonly string[]]>([
    ['oversell', ['oversold']],
    ['frozen', ['frozen']],
    ['lost-order', ['lost-order']],
    ['phantom-order', ['phantom-order']],
    ['taken-twice', ['not-conserved']],
    ['returned-twice', ['returned-twice']],
    ['lost-return', ['not-conserved']],
    ['stale-refusal', ['unjustified-refusal']],
    ['stale-read', ['nonlinearizable']],
    ['torn-stock-take', ['nonlinearizable']],
  ])('a planted %s is found, and named', (bug, kinds) => {
    const shape: ShopShape = {
      skus: 3,
      initialStock: 10,
      maxQuantity: 5,
      maxRestock: 12,
      operations: 900,
      concurrency: 6,
      infoShare: 0.01,
      failShare: 0.02,
      book: 'final',
      bug,
      bugShare: bug === 'torn-stock-take' ? 1 : 0.1,
    };
    const options = { skus: 3, initialStock: 10 };
    const found = [1, 2, 3].flatMap((seed) => {
      const history = historyOf(simulateShop(shape, seed));
      const verdicts = [inventory, inventoryLinearizable].map((checker) => check(checker, history, options));
      return verdicts.flatMap(({ anomalies }) => anomalies);
    });
    expect(found.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...kinds]));
    for (const { sentence } of found) expect(sentence).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });
});
