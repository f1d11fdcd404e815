import { describe, expect, it } from 'vitest';
import { historyOf } from '../harness/history/builder.js';
import type { Json } from '../harness/history/operation.js';
import { linearizable } from './linearizability/linearizability.js';
import { counter } from './models/counter.js';
import { restsOf } from './observations.js';

const KEYWORD_R = { '#': ':r' };
const KEYWORD_W = { '#': ':w' };
const rests = (f: string, value: Json, type: 'ok' | 'fail' | 'info' = 'ok') =>
  restsOf(
    {},
    historyOf([
      { process: 0, type: 'invoke', f, value },
      { process: 0, type, f, value },
      { process: 'nemesis', type: 'info', f: 'read', value: 1 },
    ]),
  );

describe('what a verdict rests on', () => {
  it.each<readonly [string, Json]>([
    ['read', null],
    ['cas', [0, 1]],
    ['acquire', null],
    ['dequeue', null],
    ['txn', [['append', 1, 1], ['r', 1, [1]]]], // prettier-ignore
    ['txn', [[KEYWORD_W, 'x', 1], [KEYWORD_R, 'x', 1]]], // prettier-ignore
    ['transfer', { from: 0, to: 1, amount: 5 }],
  ])('an acknowledged %s of %j tells something', (f, value) => {
    expect(rests(f, value)).toEqual({ observations: 1, operations: 1 });
    expect(rests(f, value, 'fail')).toEqual({ observations: 0, operations: 1 });
    expect(rests(f, value, 'info')).toEqual({ observations: 0, operations: 1 });
  });

  it.each<readonly [string, Json]>([
    ['write', 1],
    ['add', 1],
    ['enqueue', 1],
    ['release', null],
    ['txn', [['append', 1, 1]]],
    ['txn', [[KEYWORD_W, 'x', 1]]],
  ])('an acknowledged %s of %j is blind', (f, value) => {
    expect(rests(f, value)).toEqual({ observations: 0, operations: 1 });
  });

  it('counts by what a specification declares', () => {
    const history = historyOf(
      ['inc', 'read'].flatMap((f, process) => [
        { process, type: 'invoke', f, value: 1 } as const,
        { process, type: 'ok', f, value: 1 } as const,
      ]),
    );
    expect(restsOf(linearizable(counter), history).observations).toBe(1);
  });
});
