import fc from 'fast-check';
import { expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { UNLIMITED, type Verdict } from '../checker.js';
import { bruteForce } from '../linearizability/testing/oracle.js';
import { streamInventory } from '../streaming/inventory.js';
import { inventory } from './inventory.js';
import { inventoryLinearizable } from './linearizable.js';
import { operationsOf } from './testing/operations.js';
import { shopModel } from './testing/shop-model.js';
import { type ShopShape, simulateShop } from './testing/simulated-shop.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const RUNS = PROPERTY_RUNS;
const BUGS = [undefined, 'stale-read', 'torn-stock-take', 'lost-order', 'phantom-order', 'taken-twice'] as const;

const shapes = fc.record({
  skus: fc.integer({ min: 1, max: 3 }),
  initialStock: fc.constantFrom(0, 1, 2, 5),
  maxQuantity: fc.constantFrom(1, 3),
  maxRestock: fc.constantFrom(1, 3),
  operations: fc.integer({ min: 2, max: 9 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  infoShare: fc.constantFrom(0, 0.2, 0.4),
  failShare: fc.constantFrom(0, 0.1),
  book: fc.constantFrom('none' as const, 'final' as const),
  zeroShare: fc.constantFrom(0.2, 0.5, 1),
  bookShare: fc.constantFrom(0, 0.5, 1),
  bugShare: fc.constant(0.9),
});

/** Orders, deliveries and cancellations of 0 move nothing, and yet a book shows whether they took effect. */
it('judges shops whose operations move nothing as brute force does', { timeout: 120_000 + RUNS * 100 }, () => {
  const seen = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(shapes, fc.constantFrom(...BUGS), fc.nat(), (most, bug, seed) => {
      const shape: ShopShape = { ...most, ...(bug && { bug }) };
      const history = historyOf(simulateShop(shape, seed));
      const skus = Array.from({ length: shape.skus }, (_, sku) => `sku-${sku}`);
      const options = { skus, initialStock: shape.initialStock };
      const context = { budget: { ...UNLIMITED, timeMs: 20_000 }, options };
      const isRight = bruteForce(shopModel, operationsOf(history), options);
      const verdict = inventoryLinearizable.check(history, context) as Verdict;
      if (isRight) {
        expect(verdict.anomalies).toEqual([]);
        expect((inventory.check(history, context) as Verdict).anomalies).toEqual([]);
        const stream = streamInventory(context);
        for (let at = 0; at < history.length; at++) expect(stream.push(history.event(at))).toBeUndefined();
      }
      const isUnread = verdict.validity === 'unknown' && verdict.reason === 'no reading of the stock succeeded';
      if (!(isRight && isUnread)) expect(verdict.validity).toBe(isRight ? 'valid' : 'invalid');
      seen[isRight ? 'valid' : 'invalid']++;
    }),
    { numRuns: RUNS },
  );
  expect(seen.valid).toBeGreaterThan(RUNS / 10);
  expect(seen.invalid).toBeGreaterThan(RUNS / 40);
});
