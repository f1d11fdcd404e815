import { describe, expect, it } from 'vitest';
import type { Checker } from '../../checkers/checker.js';
import { UNLIMITED } from '../../checkers/checker.js';
import { historyOf } from '../history/builder.js';
import type { EventInput } from '../history/builder.js';
import type { JudgeRequest } from './judge.js';
import { judge } from './judge.js';
import { makePlan } from './plan-making.js';
import { ascending, decided, planRequest } from './testing/world.js';

const end: EventInput = { process: 'nemesis', type: 'info', f: 'note', value: { end: true } };
const phase = (name: string, time: number): EventInput => ({
  ...{ process: 'nemesis', type: 'info', f: 'phase', value: name },
  time,
});
const workload = 'ascending';
const events: readonly EventInput[] = [
  phase('warm-up', 0),
  { process: 0, type: 'invoke', f: 'write', value: 1, time: 1, workload },
  { process: 1, type: 'invoke', f: 'read', time: 2, workload },
  { process: 0, type: 'ok', f: 'write', value: 1, time: 3, workload },
  phase('faults', 4),
  { process: 1, type: 'fail', f: 'read', error: 'refused: n1', time: 5, workload },
  { process: 1, type: 'invoke', f: 'read', time: 6, workload },
  { process: 1, type: 'info', f: 'read', error: 'timeout', time: 7, workload },
  { process: 2, type: 'invoke', f: 'read', time: 8, workload },
  { process: 2, type: 'fail', f: 'read', error: 'refused: n2', time: 9, workload },
  { process: 4, type: 'invoke', f: 'read', time: 10, workload },
];

const valid = decided({ validity: 'valid' }, 'valid');
const unknown = decided({ validity: 'unknown', reason: 'Out of memory.' }, 'unknown');
const invalid = decided(
  { validity: 'invalid', anomalies: [{ kind: 'stale', sentence: 'A stale read.', operations: [1, 3] }] },
  'invalid',
);
const crashing: Checker = {
  ...valid,
  name: 'crashing',
  check: () => {
    throw new Error('index out of range');
  },
};

function judged(checkers: readonly (readonly [Checker, boolean])[], changes: Partial<JudgeRequest> = {}) {
  return judge({
    plan: makePlan(planRequest),
    history: historyOf([...events, { ...end, time: 11 }]),
    workloads: [{ ...ascending, checkers: () => checkers.map(([checker, required]) => ({ checker, required })) }],
    checkers: [],
    budget: UNLIMITED,
    ...changes,
  });
}

describe('the judge', () => {
  it('says valid only where every required checker does', async () => {
    expect((await judged([[valid, true]])).outcome).toBe('valid');
    expect((await judged([[valid, true], [unknown, false]])).outcome).toBe('valid'); // prettier-ignore
    expect((await judged([[valid, true], [unknown, true]])).outcome).toBe('inconclusive'); // prettier-ignore
    expect((await judged([[valid, false]])).outcome).toBe('inconclusive');
    expect((await judged([])).outcome).toBe('inconclusive');
  });

  it('lets a violation win over everything', async () => {
    const results = await judged([[unknown, true], [invalid, true]], { harnessError: 'disk full' }); // prettier-ignore
    expect(results).toMatchObject({
      outcome: 'invalid',
      sentence: 'memory broke its promises: ascending: A stale read.',
      harnessError: 'disk full',
    });
  });

  it('does not accuse by a check that is for information', async () => {
    const { outcome, sentence } = await judged([[valid, true], [invalid, false]]); // prettier-ignore
    expect(outcome).toBe('invalid');
    expect(sentence).not.toContain('broke its promises');
  });

  it('tells what was ruled out beside what was claimed', async () => {
    const broken = (rulesOut: readonly string[], strongest: readonly string[] = []) =>
      decided({
        validity: 'invalid',
        anomalies: [{ kind: 'G2-item', sentence: 'A cycle.', operations: [1, 3], rulesOut }],
        details: { strongest },
      });
    const sentenceFor = async (checker: Checker, claim: string, consistency?: string) => {
      const plan = makePlan(planRequest);
      const claims = { consistency: claim, source: 'it says so' };
      const asked = consistency === undefined ? {} : { consistency };
      const changed = { ...plan, ...asked, system: { ...plan.system, claims } };
      return (await judged([[checker, true]], { plan: changed })).sentence;
    };
    const serializable = broken(['repeatable-read', 'serializable'], ['snapshot-isolation']);
    expect(await sentenceFor(serializable, 'serializable')).toContain('memory broke its promises');
    expect(await sentenceFor(serializable, 'strict-serializable')).toContain('memory broke its promises');
    expect(await sentenceFor(serializable, 'snapshot-isolation', 'serializable')).toContain(
      'memory violates serializable, which was asked for; it claims no more than snapshot-isolation, which still holds: ',
    );
    expect(await sentenceFor(broken(['linearizable']), 'serializable')).toContain(
      'memory is not linearizable, and with these options it claims no more than serializable, which nothing that was found contradicts: ',
    );
  });

  it('never blames the database for trouble of the harness', async () => {
    const results = await judged([[valid, true]], { harnessError: 'disk full' });
    expect(results.outcome).toBe('harness-error');
    expect(results.sentence).toContain('disk full');
  });

  it('counts a checker that crashes as unknown, and asks the others all the same', async () => {
    const { checks, outcome, sentence } = await judged([[crashing, true], [valid, true]]); // prettier-ignore
    expect(outcome).toBe('inconclusive');
    expect(sentence).toContain('ascending (crashing): the checker failed: index out of range');
    expect(checks.map(({ verdict }) => verdict.validity)).toEqual(['unknown', 'valid']);
  });

  it('counts a workload it does not know as undecided', async () => {
    expect((await judged([[valid, true]], { workloads: [] })).outcome).toBe('inconclusive');
  });

  it('never calls a run valid that was cut short or has doubts', async () => {
    const cut = await judged([[valid, true]], { history: historyOf(events) });
    expect(cut).toMatchObject({ outcome: 'inconclusive', notes: [expect.stringContaining('cut short')] });
    const doubt: EventInput = { ...end, value: { doubt: 'n3 did not come back' }, time: 11 };
    const doubtful = await judged([[valid, true]], { history: historyOf([...events, doubt, { ...end, time: 12 }]) });
    expect(doubtful).toMatchObject({ outcome: 'inconclusive', notes: ['n3 did not come back'] });
  });

  it('shows each checker its part: the operations of its workload, or the whole', async () => {
    const seen: Record<string, unknown> = {};
    const looking = (name: string): Checker => ({
      ...valid,
      name,
      check: (history, context) => {
        seen[name] = { length: history.length, options: context.options, claimed: context.claimed };
        return valid.check(history, context);
      },
    });
    await judged([[looking('part'), true]], { checkers: [{ checker: looking('whole'), required: true }] });
    expect(seen).toEqual({
      part: { length: 9, options: {}, claimed: 'linearizable' },
      whole: {
        length: 12,
        options: { operations: { ascending: ['write', 'read'] }, faults: 0, asked: [], indefinite: [] },
        claimed: 'linearizable',
      },
    });
  });

  it('counts operations by phase of their invocation and outcome, and errors by code', async () => {
    const { counts, errors, phases } = await judged([[valid, true]]);
    expect(counts).toEqual([
      { workload, f: 'write', phase: 'warm-up', ok: 1, fail: 0, info: 0 },
      { workload, f: 'read', phase: 'warm-up', ok: 0, fail: 1, info: 0 },
      { workload, f: 'read', phase: 'faults', ok: 0, fail: 1, info: 2 },
    ]);
    expect(errors).toEqual([
      { code: 'refused', count: 2, example: 'refused: n1' },
      { code: 'timeout', count: 1, example: 'timeout' },
    ]);
    expect(phases).toEqual([
      { name: 'warm-up', startTime: 0, endTime: 4 },
      { name: 'faults', startTime: 4, endTime: 11 },
    ]);
  });
});
