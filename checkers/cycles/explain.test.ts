import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED } from '../checker.js';
import { listAppend } from './cycles.js';
import { historyOf } from './oracle.js';

/** All at once: every transaction overlaps every other. */
function concurrent(values: readonly Json[]): EventInput[] {
  const event = (type: 'invoke' | 'ok', value: Json, process: number): EventInput => ({
    process,
    node: `n${String(process + 1)}`,
    type,
    f: 'txn',
    value,
  });
  return [...values.map((value, i) => event('invoke', value, i)), ...values.map((value, i) => event('ok', value, i))];
}

describe('an explanation', () => {
  it('lets the transactions be, orders them with reasons, and ends in the contradiction', async () => {
    const events = concurrent([
      [
        ['append', 'x', 1],
        ['append', 'y', 1],
      ],
      [
        ['r', 'x', []],
        ['r', 'y', [1]],
      ],
    ]);
    const { anomalies } = await listAppend.check(historyOf(events), { budget: UNLIMITED, options: {} });
    const [anomaly] = anomalies;
    expect(anomaly.kind).toBe('G-single-item');
    expect(anomaly.sentence).toBe(
      'read skew among T1 (event 2, process 0, n1), T2 (event 3, process 1, n2): ' +
        `T2 observed T1's append of 1 to key "y"; yet T2 read key "x" empty, before T1 appended 1 to it`,
    );
    expect(anomaly.explanation).toEqual([
      'Let:',
      '  T1 = event 2, process 0 on n1, at 0.000 s, ok: [append x 1] [append y 1]',
      '  T2 = event 3, process 1 on n2, at 0.000 s, ok: [r x []] [r y [1]]',
      'Then:',
      `  - T1 < T2, because T2 observed T1's append of 1 to key "y".`,
      '  - However, T2 < T1, because T2 read key "x" empty, before T1 appended 1 to it: a contradiction!',
    ]);
    expect(anomaly.operations).toEqual([0, 1, 2, 3]);
    expect(anomaly.rulesOut).toEqual(['consistent-view', 'repeatable-read']);
    expect(anomaly.drawing).toMatchObject({ kind: 'cycle', edges: [{ relation: 'wr' }, { relation: 'rw' }] });
  });

  it.each([
    [
      'G2-item',
      (i: number, n: number): Json => [
        ['r', i, []],
        ['append', (i + 1) % n, 1],
      ],
    ],
    [
      'G1c',
      (i: number, n: number): Json => [
        ['append', i, 1],
        ['r', (i + 1) % n, [1]],
      ],
    ],
  ] as const)('stays short for a cycle of thousands (%s)', async (kind, value) => {
    const count = 3000;
    const events = concurrent(Array.from({ length: count }, (_, i) => value(i, count)));
    const { anomalies } = await listAppend.check(historyOf(events), { budget: UNLIMITED, options: {} });
    expect(anomalies.map((anomaly) => anomaly.kind)).toEqual([kind]);
    expect(anomalies[0].operations).toHaveLength(2 * count);
    expect(anomalies[0].explanation!.length).toBeLessThan(100);
    expect(anomalies[0].sentence.length).toBeLessThan(600);
    expect(anomalies[0].drawing).toBeUndefined();
  });
});
