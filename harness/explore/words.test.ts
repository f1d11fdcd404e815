import { describe, expect, it } from 'vitest';
import { linesThatPrintAlike } from '../../checkers/testing/alike.js';
import { BUGS } from '../simulated/bugs/bugs.js';
import { attempt } from './proof.js';
import { MEANS } from './testing/digest.js';

describe('what is said of planted bugs', () => {
  let told = 0;
  it.each(BUGS.map((bug) => [bug.name, bug] as const))('%s: no two moments look the same', async (name, bug) => {
    const exercise = { ...bug.exposedBy, systemOptions: { bug: name }, length: 'short' as const };
    const { results, history } = await attempt(exercise, 1, MEANS);
    const anomalies = results.checks.flatMap(({ verdict }) => verdict.anomalies);
    expect(anomalies.flatMap((anomaly) => linesThatPrintAlike(history, anomaly))).toEqual([]);
    told += anomalies.length;
  });

  it('is said of some at least', () => {
    expect(told).toBeGreaterThan(10);
  });
});
