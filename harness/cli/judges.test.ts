import { describe, expect, it } from 'vitest';
import type { Json } from '../history/operation.js';
import { historyOf } from '../history/builder.js';
import { judgesFor } from './judges.js';

const of = (f: string, value: Json = null) =>
  historyOf([
    { index: 0, time: 0, type: 'invoke', process: 0, f, value },
    { index: 1, time: 1, type: 'ok', process: 0, f, value },
  ]);

describe('judgesFor', () => {
  it.each<readonly [string, Json, string]>([
    ['transfer', null, 'bank'],
    ['order', null, 'inventory'],
    ['acquire', null, 'mutex'],
    ['generate', 1, 'unique-ids'],
    ['enqueue', 1, 'queue'],
    ['drain', [1], 'total-queue'],
    ['insert', [1, 2], 'write-skew'],
    ['inc', 1, 'monotonic'],
    ['get', 'a', 'kv'],
    ['write', 1, 'cas-register'],
    ['add', 1, 'counter'],
    ['txn', [['append', 1, 1]], 'list-append'],
    ['txn', [['w', 1, 1]], 'rw-register'],
  ])('takes %s of %j for %s', (f, value, judge) => {
    const history =
      f === 'drain'
        ? historyOf(
            [...of('enqueue', 1).events(), ...of(f, value).events()].map((event, index) => ({ ...event, index })),
          )
        : of(f, value);
    expect(judgesFor({}, history).because).toBe(`its operations look like ${judge}`);
  });

  it('leaves out what was not asked for, and requires what was', () => {
    const named = (question: Parameters<typeof judgesFor>[0]) => {
      const { checkers, required } = judgesFor(question, of('add', 1));
      return checkers.map(({ name }, at) => (required[at] ? name : `${name}?`));
    };
    expect(named({ workload: 'counter' })).toEqual(['counter']);
    expect(named({ workload: 'counter', model: 'serializable' })).toEqual(['counter']);
    expect(named({ workload: 'counter', model: 'linearizable' })).toEqual(['counter', 'linearizable']);
    expect(named({ workload: 'register' })).toEqual(['linearizable', 'session-guarantees?', 'staleness?']);
  });

  it('asks where nothing tells', () => {
    expect(() => judgesFor({}, of('frobnicate'))).toThrow('say --model or --workload');
  });
});
