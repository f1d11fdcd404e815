import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import type { EventType, Json, Process } from '../../harness/history/operation.js';
import type { Verdict } from '../checker.js';
import { contextWith } from '../testing/script.js';
import { statistics } from './statistics.js';

type Event = readonly [process: Process, type: EventType, f: string, value?: Json];

const phase = (name: string): Event => ['nemesis', 'info', 'phase', name];
const works = (f: string, times = 3): Event[] =>
  Array.from({ length: times }).flatMap((): Event[] => [
    [0, 'invoke', f],
    [0, 'ok', f],
  ]);
const fault = (id: number, outcome: { effective: boolean; healed: boolean }): Event[] => {
  const request = { id, kind: 'kill', target: 'one', order: ['n1'] };
  return [
    ['nemesis', 'invoke', 'kill', request],
    ['nemesis', 'ok', 'kill', { ...request, description: 'n1 killed', nodes: ['n1'], leadersBefore: [] }],
    ['nemesis', 'invoke', 'heal', { id }],
    ['nemesis', 'ok', 'heal', { id, evidence: [], healing: [], leadersAfter: [], ...outcome }],
  ];
};

function check(events: readonly Event[], options: Readonly<Record<string, Json>> = {}): Verdict {
  const history = historyOf(
    events.map(([process, type, f, value]) => ({
      ...{ process, type, f, value: value ?? null },
      ...(process !== 'nemesis' && { workload: 'register' }),
    })),
  );
  return statistics.check(history, contextWith({ operations: { register: ['read'] }, ...options })) as Verdict;
}

const reasons = (verdict: Verdict) => verdict.details['reasons'];
const whole = (middle: readonly Event[]): Event[] => [
  phase('warm-up'),
  ...works('read'),
  phase('faults'),
  ...middle,
  phase('recovery'),
  ...works('read'),
];

describe('statistics', () => {
  it('is satisfied when work was done all along and every fault bit and healed', () => {
    const verdict = check(whole([...fault(1, { effective: true, healed: true }), ...works('read')]), { faults: 1 });
    expect(reasons(verdict)).toEqual([]);
    expect(verdict.validity).toBe('valid');
  });

  it('doubts a fault that did not bite, was not healed or never came', () => {
    const idle = check(whole([...fault(1, { effective: false, healed: true }), ...works('read')]), { faults: 1 });
    expect(reasons(idle)).toEqual(['fault 1 (kill: n1 killed) did not bite']);
    expect(idle.validity).toBe('unknown');
    const stuck = check(whole([...fault(1, { effective: true, healed: false }), ...works('read')]), { faults: 1 });
    expect(reasons(stuck)).toEqual(['fault 1 (kill: n1 killed) was not healed for certain']);
    expect(reasons(check(whole(works('read')), { faults: 2 }))).toEqual([
      '2 of 2 scheduled faults were never injected',
    ]);
  });

  it('doubts a run in which some kind of operation never succeeded in a phase', () => {
    expect(reasons(check(whole([])))).toEqual(['register read succeeded 0 time(s) during the faults, fewer than 3']);
    expect(reasons(check(whole(works('read')).slice(7)))).toEqual([]);
    const attempted = check(whole(works('read')), { operations: { register: ['read', 'write'] } });
    expect(reasons(attempted)).toEqual(['register write was never attempted']);
    expect(check([]).validity).toBe('unknown');
  });

  it('wants operations of the final reads at the end only', () => {
    const operations = { register: ['read', 'ledger'] };
    expect(reasons(check([...whole(works('read')), phase('final'), ...works('ledger', 1)], { operations }))).toEqual(
      [],
    );
    const failed: Event[] = [
      [0, 'invoke', 'ledger'],
      [0, 'fail', 'ledger'],
    ];
    expect(reasons(check([...whole(works('read')), phase('final'), ...failed], { operations }))).toEqual([
      'register ledger never succeeded after the faults',
    ]);
  });
});
