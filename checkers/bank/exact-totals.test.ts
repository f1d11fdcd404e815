import fc from 'fast-check';
import { expect, it } from 'vitest';
import { integer } from '../../harness/history/values/numbers.js';
import type { Verdict } from '../checker.js';
import { contextWith, script } from '../testing/script.js';
import { bank } from './bank.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const RUNS = PROPERTY_RUNS;
const large = fc.bigInt({ min: 1n << 53n, max: 1n << 80n });

/** Doubles would round every one of these sums. */
it('proves money that appears or vanishes one by one past 2^53', () => {
  fc.assert(
    fc.property(large, large, fc.bigInt({ min: -3n, max: 3n }), fc.boolean(), (a, b, off, isTold) => {
      const shown = (x: bigint, y: bigint) => ({ '0': integer(x), '1': integer(y) });
      const history = script(
        [0, 'invoke', 'read', null],
        [0, 'ok', 'read', shown(a, b)],
        [0, 'invoke', 'transfer', { from: 0, to: 1, amount: 1 }],
        [0, 'ok', 'transfer', { from: 0, to: 1, amount: 1 }],
        [0, 'invoke', 'read', null],
        [0, 'ok', 'read', shown(a - 1n, b + 1n + off)],
      );
      const verdict = bank.check(history, contextWith(isTold ? { total: integer(a + b) } : {})) as Verdict;
      expect(verdict.validity).toBe(off === 0n ? 'unknown' : 'invalid');
      expect(verdict.anomalies.map(({ kind }) => kind)).toEqual(off === 0n ? [] : ['wrong-total']);
    }),
    { numRuns: RUNS },
  );
});
