import { describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from '../../harness/history/builder.js';
import { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Verdict } from '../checker.js';
import { contextWith } from '../testing/script.js';
import { statistics } from './statistics.js';

const SECOND = 1e9;
const evidence = (bit: boolean) => [
  { what: 'dropped packets n1→n2', expected: '> 0', measured: bit ? '41' : '0', bit },
];

interface Story {
  /** Seconds at which `read` and `write` succeed. */
  readonly okAt?: readonly number[];
  readonly finalOk?: boolean;
  readonly effective?: boolean;
  readonly healed?: boolean;
  readonly injected?: boolean;
}

/** A run: warm-up from 0 s, faults from 10 s with one fault, recovery from 20 s, final reads from 30 s. */
function run({ okAt = [5, 15, 25], finalOk = true, effective = true, healed = true, injected = true }: Story = {}) {
  const events: EventInput[] = [];
  const nemesis = (second: number, type: EventInput['type'], f: string, value: Json) =>
    events.push({ process: 'nemesis', type, f, value, time: second * SECOND });
  const fault = { id: 1, kind: 'partition', target: 'leader', order: ['n1'] };
  nemesis(0, 'info', 'phase', 'warm-up');
  nemesis(10, 'info', 'phase', 'faults');
  nemesis(11, 'invoke', 'partition', fault);
  if (injected) {
    nemesis(12, 'ok', 'partition', { ...fault, description: 'n1 | n2 n3 cut', nodes: ['n1'], leadersBefore: ['n1'] });
    nemesis(17, 'invoke', 'heal', { id: 1 });
    nemesis(18, 'ok', 'heal', {
      id: 1,
      evidence: evidence(effective),
      effective,
      healing: [],
      healed,
      leadersAfter: [],
    });
  } else nemesis(12, 'info', 'partition', fault);
  nemesis(20, 'info', 'phase', 'recovery');
  nemesis(30, 'info', 'phase', 'final');
  const operation = (process: number, second: number, f: string, type: EventInput['type']) => {
    const common = { process, f, value: null, workload: 'shop' };
    events.push({ ...common, type: 'invoke', time: second * SECOND }, { ...common, type, time: second * SECOND + 1 });
  };
  for (const second of [5, 15, 25]) {
    ['read', 'write'].forEach((f, process) => operation(process, second, f, okAt.includes(second) ? 'ok' : 'fail'));
  }
  operation(7, 31, 'book', finalOk ? 'ok' : 'fail');
  return historyOf(events.sort((a, b) => Number(a.time) - Number(b.time)));
}

const options = { operations: { shop: ['read', 'write', 'book'] }, faults: 1 };
const verdict = (story: Story, given: Readonly<Record<string, Json>> = options) =>
  statistics.check(run(story), contextWith(given)) as Verdict;
const reason = (story: Story, given = options) => {
  const found = verdict(story, given);
  return found.validity === 'unknown' ? found.reason : found.validity;
};

describe('statistics', () => {
  it('is content with a run in which everything happened', () => {
    expect(verdict({})).toMatchObject({ validity: 'valid', details: { faults: 1, effective: 1, healed: 1 } });
  });

  it.each([
    [[15, 25], 'read of shop succeeded never before the faults (1 failed, 0 unknown)'],
    [[5, 25], 'write of shop succeeded never during the faults'],
    [[5, 15], 'read of shop succeeded never after the faults'],
  ])('wants successes of each kind in each stage: ok at %j s is not enough', (okAt, expected) => {
    expect(reason({ okAt })).toContain(expected);
  });

  it('wants as many successes as it is told', () => {
    expect(reason({}, { ...options, minimumOk: 2 } as typeof options)).toContain('only 1 of 2 times wanted');
  });

  it('wants the final reads', () => {
    expect(reason({ finalOk: false })).toBe('no final book of shop succeeded');
  });

  it('wants kinds to be asked for at all', () => {
    const given = { ...options, operations: { shop: ['read', 'write', 'book', 'cancel'] } };
    expect(reason({}, given)).toBe('cancel of shop was never asked for');
  });

  it('wants every fault to bite, and says what did not', () => {
    expect(reason({ effective: false })).toBe(
      'fault 1 (n1 | n2 n3 cut) did not bite: dropped packets n1→n2 was 0, expected > 0',
    );
    expect(reason({ injected: false })).toContain('could not be injected');
  });

  it('wants every fault healed', () => {
    expect(reason({ healed: false })).toContain('is not healed for certain');
  });

  it('wants as many faults as were planned', () => {
    expect(reason({}, { ...options, faults: 3 })).toContain('only 1 of 3 planned faults took place');
  });

  it('wants every kind, and every target, that was asked for', () => {
    const asked = (...faults: string[]) => reason({}, { ...options, asked: faults } as typeof options);
    expect(asked('partition', 'partition:leader')).toBe('valid');
    expect(asked('partition', 'kill', 'partition:ring')).toBe(
      'kill was asked for and never took place; partition:ring was asked for and never took place',
    );
  });

  it('distrusts failures by codes that are none', () => {
    const failed = (error: string) =>
      historyOf([
        { process: 0, type: 'invoke', f: 'write', value: 1 },
        { process: 0, type: 'fail', f: 'write', value: 1, error },
        { process: 0, type: 'invoke', f: 'write', value: 2 },
        { process: 0, type: 'ok', f: 'write', value: 2 },
      ]);
    const given = contextWith({ indefinite: ['timeout', 'reset'] });
    expect(statistics.check(failed('timeout: no answer in 200 ms'), given)).toMatchObject({
      reason: '1 operation was called failed for timeout, after which nobody knows whether it took effect',
    });
    expect(statistics.check(failed('read-timeout: no answer'), given)).toMatchObject({ validity: 'valid' });
    expect(statistics.check(failed('refused'), given)).toMatchObject({ validity: 'valid' });
  });

  it('knows nothing of an empty history', () => {
    const found = statistics.check(historyOf([]), contextWith({})) as Verdict;
    expect(found).toMatchObject({ validity: 'unknown', reason: 'no operation was invoked' });
  });

  it('wants one success of each kind in a history without phases', () => {
    const events: EventInput[] = [
      { process: 0, type: 'invoke', f: 'read' },
      { process: 0, type: 'ok', f: 'read', value: 1 },
      { process: 0, type: 'invoke', f: 'cas', value: [1, 2] },
      { process: 0, type: 'fail', f: 'cas', value: [1, 2] },
    ];
    expect(statistics.check(historyOf(events.slice(0, 2)), contextWith({}))).toMatchObject({ validity: 'valid' });
    expect(statistics.check(historyOf(events), contextWith({}))).toMatchObject({
      validity: 'unknown',
      reason: 'cas succeeded never (1 failed, 0 unknown)',
    });
  });
});

describe('a recording that cannot be', () => {
  const judged = (events: readonly EventInput[]) => statistics.check(historyOf(events), contextWith({})) as Verdict;
  const twice = (process: number, time: number): EventInput[] => [
    { process, type: 'invoke', f: 'read', value: null, time },
    { process, type: 'ok', f: 'read', value: 1, time: time + 1 },
  ];

  it('is a reason for doubt: a clock that goes back', () => {
    const history = historyOf([...twice(0, 10), ...twice(1, 20)]);
    const times = Float64Array.from([10, 11, 5, 21]);
    const verdict = statistics.check(new History({ ...history.columns, times }), contextWith({})) as Verdict;
    expect(verdict.details['reasons']).toContain('the clock of the recording goes back at event 2');
    expect(verdict.validity).toBe('unknown');
  });

  it('is a reason for doubt: a process that does two things at once', () => {
    const history = historyOf([...twice(0, 10), ...twice(1, 12)]);
    const { columns } = history;
    // As a reader would leave it that did not look: all four events are of process 0, and the second begins within the first.
    const overlapping = new History({
      ...columns,
      processes: new Int32Array(4),
      types: columns.types.slice().fill(columns.types[0], 0, 2).fill(columns.types[1], 2),
      pairs: Int32Array.from([2, 3, 0, 1]),
    });
    const verdict = statistics.check(overlapping, contextWith({})) as Verdict;
    expect(verdict.details['reasons']).toContain('process 0 does two things at once at event 1');
    expect(verdict.validity).toBe('unknown');
  });

  it('and one that can be is none', () => {
    expect(String(judged([...twice(0, 10), ...twice(0, 20)]).details['reasons'])).not.toMatch(/clock|two things/);
  });
});
