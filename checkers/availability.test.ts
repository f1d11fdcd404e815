import { describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from '../harness/history/builder.js';
import type { Json } from '../harness/history/operation.js';
import { availability } from './availability.js';
import type { Verdict } from './checker.js';
import { contextWith } from './testing/script.js';

const SECOND = 1e9;
const nemesis = (second: number, type: EventInput['type'], f: string, value: Json): EventInput => ({
  ...{ process: 'nemesis', type, f, value },
  time: second * SECOND,
});
const answered = (second: number, node: string): EventInput[] =>
  (['invoke', 'ok'] as const).map((type) => ({ process: 7, type, f: 'read', value: 1, node, time: second * SECOND }));
const fault = (id: number, kind: string, nodes: readonly string[], from: number, to: number): EventInput[] => {
  const request = { id, kind, target: 'one', order: [...nodes] };
  return [
    nemesis(from, 'invoke', kind, request),
    nemesis(from, 'ok', kind, { ...request, description: `${kind} of ${nodes.join(' ')}`, nodes, leadersBefore: [] }),
    nemesis(to, 'invoke', 'heal', { id }),
    nemesis(to, 'ok', 'heal', { id, evidence: [], effective: true, healing: [], healed: true, leadersAfter: [] }),
  ];
};
const recovery = nemesis(40, 'info', 'phase', 'recovery');
const outage = (node: string, lastLines: readonly string[] = []): EventInput =>
  nemesis(45, 'info', 'outage', { node, reason: 'ended with exit code 1', lastLines });
const judge = (...events: readonly EventInput[]) =>
  availability.check(
    historyOf([...events].sort((a, b) => Number(a.time) - Number(b.time))),
    contextWith({}),
  ) as Verdict;

describe('availability', () => {
  it('is valid when everybody came back', () => {
    expect(judge(...answered(1, 'n1'), ...fault(1, 'kill', ['n1'], 2, 5), recovery)).toMatchObject({
      validity: 'valid',
      anomalies: [],
    });
  });

  it('names the node, since when, what it said, and the fault that it did not come back from', () => {
    const verdict = judge(
      ...fault(1, 'kill', ['n3'], 2, 5),
      ...answered(9, 'n3'),
      ...fault(2, 'corruption', ['n3'], 10, 15),
      ...fault(3, 'kill', ['n1', 'n3'], 20, 25),
      ...answered(30, 'n1'),
      recovery,
      outage('n3', ['panic']),
    );
    expect(verdict).toMatchObject({
      validity: 'unknown',
      reason:
        'n3 did not come back after fault 2, corruption (corruption of n3): ended with exit code 1; last answer at 9.00 s',
      anomalies: [{ kind: 'unavailable', operations: [], explanation: ['What n3 logged last:', 'panic'] }],
    });
    expect(verdict.anomalies[0].details).toEqual({
      ...{ node: 'n3', reason: 'ended with exit code 1', fault: 2 },
      lastOkTime: 9 * SECOND,
    });
  });

  it('blames no fault for a node that none hit', () => {
    const { anomalies } = judge(...answered(1, 'n1'), ...fault(1, 'kill', ['n2'], 2, 5), recovery, outage('n1'));
    expect(anomalies[0].sentence).toBe('n1 did not come back: ended with exit code 1; last answer at 1.00 s');
  });

  it('is not decided where nobody looked', () => {
    expect(judge(...answered(1, 'n1')).validity).toBe('unknown');
  });
});
