import fc from 'fast-check';
import { expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { UNLIMITED, type Verdict } from '../checker.js';
import { partitions, timedOperations } from '../linearizability/partition.js';
import { bruteForce } from '../linearizability/testing/oracle.js';
import { streamBank } from '../streaming/bank.js';
import { bank } from './bank.js';
import { bankLinearizable } from './linearizable.js';
import { bankModel } from './model.js';
import { type BankShape, simulateBank } from './testing/simulated-bank.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const RUNS = PROPERTY_RUNS;
const BUGS = [undefined, 'stale-read', 'torn-read', 'lost', 'applied-twice', 'dirty', 'overdraft'] as const;

const shapes = fc.record({
  accounts: fc.integer({ min: 2, max: 4 }),
  initialBalance: fc.constantFrom(0, 1, 2, 5),
  maxAmount: fc.constantFrom(1, 2, 4),
  operations: fc.integer({ min: 2, max: 9 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  infoShare: fc.constantFrom(0, 0.2, 0.4),
  failShare: fc.constantFrom(0, 0.1),
  reads: fc.constantFrom('plain', 'decodable'),
  ledger: fc.constantFrom('none', 'final'),
  zeroShare: fc.constantFrom(0.3, 0.7, 1),
  selfShare: fc.constantFrom(0, 0.3, 0.7),
  ledgerShare: fc.constantFrom(0, 0.3, 1),
  bugShare: fc.constant(0.4),
});

/** Transfers of 0 and from an account to itself move nothing, and yet a ledger shows whether they took effect. */
it('judges banks whose transfers move nothing as brute force does', { timeout: 120_000 + RUNS * 100 }, () => {
  const seen = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(shapes, fc.constantFrom(...BUGS), fc.nat(), (most, bug, seed) => {
      const shape: BankShape = { ...most, reads: most.reads as BankShape['reads'], ...(bug && { bug }) };
      const history = historyOf(simulateBank(shape, seed));
      const { accounts, initialBalance } = shape;
      const options = { accounts, initialBalance };
      const context = { budget: { ...UNLIMITED, timeMs: 20_000 }, options };
      const [partition] = partitions(history, bankModel);
      const isRight = partition === undefined || bruteForce(bankModel, timedOperations(partition), options);
      const verdict = bankLinearizable.check(history, context) as Verdict;
      if (isRight) {
        expect(verdict.anomalies).toEqual([]);
        expect((bank.check(history, context) as Verdict).anomalies).toEqual([]);
        const stream = streamBank(context);
        for (let at = 0; at < history.length; at++) expect(stream.push(history.event(at))).toBeUndefined();
      }
      const isUnread = verdict.validity === 'unknown' && verdict.reason.startsWith('no read of the balances');
      if (!(isRight && isUnread)) expect(verdict.validity).toBe(isRight ? 'valid' : 'invalid');
      seen[isRight ? 'valid' : 'invalid']++;
    }),
    { numRuns: RUNS },
  );
  expect(seen.valid).toBeGreaterThan(RUNS / 10);
  expect(seen.invalid).toBeGreaterThan(RUNS / 40);
});
