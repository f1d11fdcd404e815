import { describe, expect, it } from 'vitest';
import type { Anomaly } from '../../checkers/checker.js';
import { historyOf } from '../history/builder.js';
import { rankOf } from './causes.js';
import { anomalyAt, groupsOf } from './groups.js';
import type { CheckerResult } from './plan.js';

/** Operation i is event 2i and 2i + 1, on key i % 2. */
const history = historyOf(
  Array.from({ length: 8 }, (_, i) => [
    { process: i, type: 'invoke', f: 'read', key: `k${i % 2}` } as const,
    { process: i, type: 'ok', f: 'read', value: i, key: `k${i % 2}` } as const,
  ]).flat(),
);
const anomaly = (kind: string, ...operations: number[]): Anomaly => ({ kind, sentence: `${kind}.`, operations });
const check = (anomalies: readonly Anomaly[], changes: Partial<CheckerResult> = {}): CheckerResult => ({
  workload: 'w',
  checker: 'c',
  required: true,
  durationMs: 1,
  verdict: {
    validity: 'invalid',
    anomalies: anomalies as [Anomaly, ...Anomaly[]],
    details: {},
    checked: [],
    notChecked: [],
  },
  ...changes,
});
const kindsOf = (checks: readonly CheckerResult[]) =>
  groupsOf(checks, history).map(({ root, follows }) =>
    [root, ...follows].map((place) => anomalyAt(checks, place).kind),
  );

describe('groups of violations', () => {
  it.each([
    ['lost', 'wrong-total'],
    ['G1a', 'G0'],
    ['lost-update', 'internal'],
    ['oversold', 'not-conserved'],
    ['G0', 'G1c'],
    ['G-single-item', 'G2-item'],
    ['G2-item', 'nonlinearizable'],
    ['stale-read', 'nonlinearizable'],
    ['G2', 'no-serializable-execution'],
    ['G1c', 'G1c-realtime'],
  ])('%s comes before %s', (cause, consequence) => {
    expect(rankOf(cause)).toBeLessThan(rankOf(consequence));
    const both = [anomaly(consequence, 2, 3), anomaly(cause, 2, 3)];
    expect(kindsOf([check(both)])).toEqual([[cause, consequence]]);
  });

  it('holds together what shares operations or objects, within one workload', () => {
    expect(kindsOf([check([anomaly('G2-item', 4, 5), anomaly('lost', 0, 1)])])).toEqual([['lost', 'G2-item']]);
    expect(kindsOf([check([anomaly('G2-item', 2, 3), anomaly('lost', 0, 1)])])).toEqual([['lost'], ['G2-item']]);
    const other = check([anomaly('G2-item', 0, 1)], { workload: 'v' });
    expect(kindsOf([check([anomaly('lost', 0, 1)]), other])).toEqual([['lost'], ['G2-item']]);
  });

  it('finds keys in transactions', () => {
    const txn = (key: number) => [['append', key, 1]];
    const transactions = historyOf(
      [0, 1, 0].flatMap((key, process) => [
        { process, type: 'invoke', f: 'txn', value: txn(key) } as const,
        { process, type: 'ok', f: 'txn', value: txn(key) } as const,
      ]),
    );
    const checks = [check([anomaly('G2', 4, 5), anomaly('G1a', 0, 1), anomaly('G2', 2, 3)])];
    expect(groupsOf(checks, transactions).map(({ follows }) => follows.length)).toEqual([1, 0]);
  });

  it('begins with a required check, and leaves out what the model allows', () => {
    const informative = check([anomaly('lost', 6, 7)], { required: false });
    expect(kindsOf([informative, check([anomaly('stale-read', 0, 1)])])).toEqual([['stale-read'], ['lost']]);
    const allowing = check([anomaly('lost', 6, 7), anomaly('G2', 6, 7)]);
    const verdict = { ...allowing.verdict, details: { allowed: ['G2'] } };
    expect(kindsOf([{ ...allowing, verdict }])).toEqual([['lost']]);
  });

  it('holds every violation once', () => {
    const all = ['lost', 'G0', 'G2', 'unheard-of', 'lost'].map((kind, i) => anomaly(kind, 2 * i, 2 * i + 1));
    expect(
      kindsOf([check(all)])
        .flat()
        .sort(),
    ).toEqual(['G0', 'G2', 'lost', 'lost', 'unheard-of']);
  });
});
