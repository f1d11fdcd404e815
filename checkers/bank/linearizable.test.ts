import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import { type Verdict, UNLIMITED } from '../checker.js';
import { partitions, timedOperations } from '../linearizability/partition.js';
import { bruteForce } from '../linearizability/testing/oracle.js';
import { bank } from './bank.js';
import { bankLinearizable } from './linearizable.js';
import { bankModel } from './model.js';
import { type BankBug, type BankShape, simulateBank } from './testing/simulated-bank.js';

const BUGS: readonly (BankBug | undefined)[] = [
  undefined,
  'stale-read',
  'torn-read',
  'lost',
  'applied-twice',
  'dirty',
  'unjustified-refusal',
  'overdraft',
];
const ROUNDS = 2_500;

const optionsOf = ({ accounts, initialBalance }: BankShape) => ({ accounts, initialBalance });
const check = (history: History, options: Readonly<Record<string, number>>, timeMs = 20_000) =>
  bankLinearizable.check(history, { budget: { ...UNLIMITED, timeMs }, options }) as Verdict;

function smallShape(seed: number): BankShape {
  const bug = BUGS[seed % BUGS.length];
  return {
    accounts: 2 + (seed % 3),
    initialBalance: [2, 5, 20][seed % 3],
    maxAmount: [2, 4, 9][(seed >> 2) % 3],
    operations: 4 + (seed % 6),
    concurrency: 1 + (seed % 5),
    infoShare: (seed % 4) * 0.12,
    failShare: 0.05,
    reads: seed % 2 ? 'plain' : 'decodable',
    ledger: (seed >> 1) % 3 ? 'none' : 'final',
    bugShare: 0.4,
    ...(bug && { bug }),
  };
}

describe('bank-linearizable', () => {
  it(`agrees with brute force on ${ROUNDS} small histories with scarce money`, () => {
    const seen = { valid: 0, invalid: 0 };
    for (let seed = 0; seed < ROUNDS; seed++) {
      const shape = smallShape(seed);
      const history = historyOf(simulateBank(shape, seed));
      const [partition] = partitions(history, bankModel);
      const right = partition === undefined || bruteForce(bankModel, timedOperations(partition), optionsOf(shape));
      const verdict = check(history, optionsOf(shape));
      const undecided = verdict.validity === 'unknown' && verdict.reason.startsWith('no read of the balances');
      if (!(right && undecided)) expect(verdict.validity, `seed ${seed}`).toBe(right ? 'valid' : 'invalid');
      seen[right ? 'valid' : 'invalid']++;
    }
    expect(seen.valid).toBeGreaterThan(ROUNDS / 10);
    expect(seen.invalid).toBeGreaterThan(ROUNDS / 20);
  });

  it.each([1, 2, 3, 4, 5, 6])('finds long right histories valid, ambiguous amounts and all (seed %i)', (seed) => {
    const shape: BankShape = {
      accounts: 2 + seed,
      initialBalance: [10, 100, 1_000][seed % 3],
      maxAmount: [3, 30, 700][seed % 3],
      operations: 1_500,
      concurrency: 2 * seed,
      infoShare: 0.01,
      failShare: 0.02,
      reads: seed % 2 ? 'plain' : 'decodable',
      ledger: 'final',
    };
    const history = historyOf(simulateBank(shape, seed));
    expect(check(history, optionsOf(shape)).validity).toBe('valid');
    expect(bank.check(history, { budget: UNLIMITED, options: optionsOf(shape) })).toMatchObject({ validity: 'valid' });
  });

  const wide: BankShape = {
    accounts: 8,
    initialBalance: 100_000,
    maxAmount: 50_000,
    operations: 2_000,
    concurrency: 10,
    infoShare: 0.01,
    failShare: 0.02,
    reads: 'plain',
    ledger: 'none',
  };

  it('decides without a ledger, with unknown transfers that never end', () => {
    expect(check(historyOf(simulateBank(wide, 5)), optionsOf(wide)).validity).toBe('valid');
  });

  it.each([
    ['stale-read', 'decodable', ['stale-read']],
    ['stale-read', 'plain', ['stale-read', 'nonlinearizable']],
    ['torn-read', 'plain', ['nonlinearizable', 'stale-read']],
    ['unjustified-refusal', 'decodable', ['unjustified-refusal']],
    ['overdraft', 'plain', ['overdraft', 'nonlinearizable']],
    ['lost', 'plain', ['stale-read', 'nonlinearizable']],
    ['applied-twice', 'decodable', ['nonlinearizable', 'stale-read']],
  ] as const)('finds and names a planted %s among %s reads', (bug, reads, kinds) => {
    const shape: BankShape = { ...wide, reads, bug, bugShare: 0.02 };
    const verdict = check(historyOf(simulateBank(shape, 11)), optionsOf(shape));
    expect(verdict.validity).toBe('invalid');
    expect(kinds).toContain(verdict.anomalies[0].kind);
  });

  it('accuses the one wrong read of a long history', () => {
    const events = simulateBank({ ...wide, reads: 'decodable' }, 3);
    const reads = events.filter(({ type, f }) => type === 'ok' && f === 'read');
    const [old, late] = [reads[200], reads[600]];
    const history = historyOf(events.map((event) => (event === late ? { ...late, value: old.value! } : event)));
    const verdict = check(history, optionsOf(wide));
    expect(verdict.anomalies).toHaveLength(1);
    expect(verdict.anomalies[0]).toMatchObject({ kind: 'stale-read' });
    expect(verdict.anomalies[0].operations).toContain(late.index);
  });

  it('says unknown when time is up, and within it', () => {
    const verdict = check(historyOf(simulateBank({ ...wide, operations: 20_000 }, 1)), optionsOf(wide), 0);
    expect(verdict).toMatchObject({ validity: 'unknown' });
  });

  it('infers the initial balances from the first read', () => {
    const history = historyOf(simulateBank({ ...wide, infoShare: 0, concurrency: 3 }, 2));
    expect(check(history, {}).validity).toBe('valid');
  });
});
