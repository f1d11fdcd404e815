import { describe, expect, it } from 'vitest';
import type { Json } from '../harness/history/operation.js';
import { isForbidden } from './against.js';
import { type Checker, UNLIMITED, type Verdict } from './checker.js';
import { counter } from './counter.js';
import { longFork } from './long-fork.js';
import { monotonic } from './monotonic.js';
import { queue } from './queue.js';
import { setFull } from './set-full.js';
import { type Line, script, sequential } from './testing/script.js';
import { totalQueue } from './total-queue.js';
import { writeSkew } from './write-skew.js';

function verdict(
  checker: Checker,
  lines: readonly Line[],
  model: string,
  options: Readonly<Record<string, Json>> = {},
) {
  const judge = (context: object) =>
    checker.check(script(...lines), { budget: UNLIMITED, options, ...context }) as Verdict;
  const asked = judge({ consistency: model, claimed: 'strict-serializable' });
  // Asked for or claimed: the same model gives the same verdict.
  expect(judge({ claimed: model })).toEqual(asked);
  return asked;
}

const summary = ({ validity, anomalies }: Verdict) => [validity, ...new Set(anomalies.map(({ kind }) => kind))];

describe('models that forbid and models that allow', () => {
  it.each([
    ['long-fork', 'snapshot-isolation', true],
    ['long-fork', 'repeatable-read', true],
    ['long-fork', 'prefix', true],
    ['long-fork', 'linearizable', true],
    ['long-fork', 'parallel-snapshot-isolation', false],
    ['long-fork', 'read-committed', false],
    ['G2', 'serializable', true],
    ['G2', 'repeatable-read', false],
    ['G2', 'snapshot-isolation', false],
    ['G2-item', 'repeatable-read', true],
    ['G2-item', 'snapshot-isolation', false],
    ['lost-update', 'snapshot-isolation', true],
    ['lost-update', 'cursor-stability', true],
    ['lost-update', 'read-committed', false],
    ['dirty-read', 'read-committed', true],
    ['dirty-read', 'read-uncommitted', false],
    ['stale-read', 'strict-serializable', true],
    ['stale-read', 'linearizable', true],
    ['stale-read', 'serializable', false],
    ['stale-read', 'sequential', false],
    ['non-monotonic-process', 'sequential', true],
    ['non-monotonic-process', 'monotonic-reads', true],
    ['non-monotonic-process', 'strong-session-snapshot-isolation', true],
    ['non-monotonic-process', 'serializable', false],
    ['lost', 'read-uncommitted', true],
  ])('%s under %s: forbidden %s', (kind, model, forbidden) => {
    expect(isForbidden(model, kind)).toBe(forbidden);
  });

  it('forbid everything where no model is named', () => {
    expect(isForbidden(undefined, 'G2')).toBe(true);
  });
});

describe('direct checkers against a model', () => {
  it('long-fork', () => {
    const lines = sequential(
      ['write', [['w', 1, 1]], 'ok'],
      ['write', [['w', 2, 1]], 'ok'],
      ...[
        [1, null],
        [null, 1],
      ].map(([one, two]): [string, Json, 'ok', Json] => [
        'read',
        [
          ['r', 1, null],
          ['r', 2, null],
        ],
        'ok',
        [
          ['r', 1, one],
          ['r', 2, two],
        ],
      ]),
    );
    expect(summary(verdict(longFork, lines, 'snapshot-isolation'))).toEqual(['invalid', 'long-fork']);
    expect(summary(verdict(longFork, lines, 'read-committed'))).toEqual(['valid', 'long-fork']);
    expect(verdict(longFork, lines, 'read-committed').details['allowed']).toEqual(['long-fork']);
  });

  it('long-fork: what nobody wrote, and what a failed write left', () => {
    const seen = (type: 'ok' | 'fail' | 'info', value: Json) =>
      sequential(
        ['write', [['w', 1, 7]], type],
        [
          'read',
          [
            ['r', 1, null],
            ['r', 2, null],
          ],
          'ok',
          [
            ['r', 1, value],
            ['r', 2, null],
          ],
        ],
      );
    expect(summary(verdict(longFork, seen('ok', 7), 'serializable'))).toEqual(['valid']);
    expect(summary(verdict(longFork, seen('info', 7), 'serializable'))).toEqual(['valid']);
    const empty = { initialState: 'empty' };
    expect(summary(verdict(longFork, seen('ok', 8), 'read-uncommitted', empty))).toEqual(['invalid', 'thin-air-read']);
    expect(summary(verdict(longFork, seen('ok', 8), 'read-uncommitted'))).toEqual(['valid']);
    expect(summary(verdict(longFork, seen('ok', 7), 'serializable', empty))).toEqual(['valid']);
    expect(summary(verdict(longFork, seen('fail', 7), 'read-committed'))).toEqual(['invalid', 'dirty-read']);
    expect(summary(verdict(longFork, seen('fail', 7), 'read-uncommitted'))).toEqual(['valid', 'dirty-read']);
  });

  it('write-skew, by predicate, by row, and as a read shows it', () => {
    const inserts = sequential(['insert', [1, 'a'], 'ok'], ['insert', [1, 'b'], 'ok']);
    expect(summary(verdict(writeSkew, inserts, 'serializable'))).toEqual(['invalid', 'G2']);
    expect(summary(verdict(writeSkew, inserts, 'repeatable-read'))).toEqual(['valid', 'G2']);
    const rows = { form: 'rows' };
    expect(summary(verdict(writeSkew, inserts, 'repeatable-read', rows))).toEqual(['invalid', 'G2-item']);
    expect(summary(verdict(writeSkew, inserts, 'snapshot-isolation', rows))).toEqual(['valid', 'G2-item']);
    const shown: Json = [
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
    ];
    const unknown = sequential(['insert', [1, 'a'], 'ok'], ['insert', [1, 'b'], 'info'], ['read', null, 'ok', shown]);
    expect(summary(verdict(writeSkew, unknown, 'serializable'))).toEqual(['invalid', 'G2']);
    const one = sequential(['insert', [1, 'a'], 'ok'], ['insert', [1, 'b'], 'info'], ['read', null, 'ok', [[1, 'a']]]);
    expect(summary(verdict(writeSkew, one, 'serializable'))).toEqual(['valid']);
  });

  it('set-full: old reads by real time, aborted elements by read committed, lost ones always', () => {
    const stale = sequential(['add', 1, 'ok'], ['read', null, 'ok', []], ['read', null, 'ok', [1]]);
    expect(summary(verdict(setFull, stale, 'strict-serializable'))).toEqual(['invalid', 'stale-read']);
    expect(summary(verdict(setFull, stale, 'serializable'))).toEqual(['valid', 'stale-read']);
    const dirty = sequential(['add', 1, 'ok'], ['add', 2, 'fail'], ['read', null, 'ok', [1, 2]]);
    expect(summary(verdict(setFull, dirty, 'read-committed'))).toEqual(['invalid', 'dirty-read']);
    expect(summary(verdict(setFull, dirty, 'read-uncommitted'))).toEqual(['valid', 'dirty-read']);
    const lost = sequential(['add', 1, 'ok'], ['add', 2, 'ok'], ['read', null, 'ok', [1]]);
    expect(summary(verdict(setFull, lost, 'read-uncommitted'))).toEqual(['invalid', 'lost']);
  });

  it('counter: old totals by real time, lost increments where clients compute, too many always', () => {
    const reads = (...values: number[]) =>
      sequential(['add', 2, 'ok'], ...values.map((value): [string, Json, 'ok', Json] => ['read', null, 'ok', value]));
    const kind = 'counter-out-of-bounds';
    expect(summary(verdict(counter, reads(0, 2), 'strict-serializable'))).toEqual(['invalid', kind]);
    expect(summary(verdict(counter, reads(0, 2), 'serializable'))).toEqual(['valid', kind]);
    expect(summary(verdict(counter, reads(2, 0), 'serializable'))).toEqual(['invalid', kind]);
    expect(summary(verdict(counter, reads(2, 0), 'read-committed'))).toEqual(['invalid', kind]);
    const computed = { updates: 'computed' };
    expect(summary(verdict(counter, reads(2, 0), 'read-committed', computed))).toEqual(['valid', kind]);
    expect(summary(verdict(counter, reads(2, 0), 'snapshot-isolation', computed))).toEqual(['invalid', kind]);
    expect(summary(verdict(counter, reads(3, 2), 'read-committed', computed))).toEqual(['invalid', kind]);
  });

  it('monotonic: globally, by process or not at all, as the model says', () => {
    const one: Line[] = [5, 3].flatMap((value): Line[] => [
      [0, 'invoke', 'read'],
      [0, 'ok', 'read', value],
    ]);
    const two = sequential(['read', null, 'ok', 5], ['read', null, 'ok', 3]);
    expect(summary(verdict(monotonic, two, 'strict-serializable'))).toEqual(['invalid', 'non-monotonic']);
    expect(summary(verdict(monotonic, two, 'sequential'))).toEqual(['valid']);
    expect(summary(verdict(monotonic, one, 'sequential'))).toEqual(['invalid', 'non-monotonic']);
    expect(summary(verdict(monotonic, one, 'serializable'))).toEqual(['valid', 'non-monotonic']);
    expect(summary(verdict(monotonic, one, 'serializable', { scope: 'process' }))).toEqual([
      'invalid',
      'non-monotonic',
    ]);
    const same: Line[] = [
      [0, 'invoke', 'inc'],
      [1, 'invoke', 'inc'],
      [0, 'ok', 'inc', 1],
      [1, 'ok', 'inc', 1],
    ];
    const distinct = { increments: 'distinct' };
    expect(summary(verdict(monotonic, same, 'serializable', distinct))).toEqual(['invalid', 'lost-update']);
    expect(summary(verdict(monotonic, same, 'read-committed', distinct))).toEqual(['valid', 'lost-update']);
  });

  it('queues: twice out of a queue that promises one order', () => {
    const twice = sequential(['enqueue', 1, 'ok'], ['dequeue', null, 'ok', 1], ['dequeue', null, 'ok', 1]);
    for (const checker of [queue, totalQueue]) {
      expect(verdict(checker, twice, 'linearizable').validity).toBe('invalid');
      expect(verdict(checker, twice, 'read-committed').validity).toBe('valid');
      expect(verdict(checker, twice, 'linearizable', { delivery: 'at-least-once' }).validity).toBe('valid');
      expect(verdict(checker, twice, 'read-committed', { delivery: 'exactly-once' }).validity).toBe('invalid');
    }
  });

  it('total-queue: lost is what did not come out before the queue was found empty', () => {
    const lines = (...values: Json[]) =>
      sequential(
        ['enqueue', 1, 'ok'],
        ['enqueue', 2, 'ok'],
        ...values.map((value): [string, Json, 'ok', Json] => ['dequeue', null, 'ok', value]),
      );
    const observed = { drained: 'observed' };
    expect(summary(verdict(totalQueue, lines(1, null), 'linearizable', observed))).toEqual(['invalid', 'lost']);
    expect(summary(verdict(totalQueue, lines(1), 'linearizable', observed))).toEqual(['unknown']);
    expect(summary(verdict(totalQueue, lines(1, 2), 'linearizable', observed))).toEqual(['valid']);
    expect(summary(verdict(totalQueue, lines(1, 2, null), 'linearizable', observed))).toEqual(['valid']);
    const early = sequential(['dequeue', null, 'ok', null], ['enqueue', 1, 'ok']);
    expect(summary(verdict(totalQueue, early, 'linearizable'))).toEqual(['unknown']);
    expect(summary(verdict(queue, lines(1, null, 2), 'linearizable'))).toEqual(['valid']);
  });
});
