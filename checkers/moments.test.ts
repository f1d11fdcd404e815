import { expect, it } from 'vitest';
import { historyOf } from '../harness/history/builder.js';
import { Moments, span } from './moments.js';
import { isTimed, whoAndWhen, whoAndWhenAfter } from './verdict.js';

const at = (...times: readonly (number | undefined)[]) =>
  historyOf(
    times.map((time, i) => ({
      ...{ process: i, type: 'invoke', f: 'read', value: null, node: 'n1' },
      ...(time !== undefined && { time }),
    })) as Parameters<typeof historyOf>[0],
  );

it('tells moments that print apart by the clock', () => {
  const moments = new Moments(at(1e9, 2e9, 3e9));
  expect([moments.by(0), moments.at(1), moments.atTime(3e9)]).toEqual([
    'process 0 on n1 at 1.00 s',
    'at 2.00 s',
    'at 3.00 s',
  ]);
});

it('tells moments that would print alike by the gap to the one before', () => {
  const moments = new Moments(at(12.41e9, 12.4116e9, 12.4116e9));
  expect([moments.at(0), moments.at(1), moments.at(2), moments.at(0)]).toEqual([
    'at 12.41 s',
    '1.6 ms later',
    'at the same moment',
    'at 12.41 s',
  ]);
});

it('takes more digits where another moment was told in between', () => {
  const moments = new Moments(at(12.41e9, 12.4116e9, 13e9));
  expect([moments.at(0), moments.at(2), moments.at(1), moments.at(2), moments.at(0)]).toEqual([
    'at 12.41 s',
    'at 13.00 s',
    'at 12.412 s',
    'at 13.00 s',
    'at 12.41 s',
  ]);
});

it('speaks of events where nothing has a time', () => {
  const history = at(undefined, undefined, undefined);
  expect(isTimed(history)).toBe(false);
  expect(whoAndWhen(history, 1)).toBe('process 1 on n1 at event 1');
  expect(whoAndWhenAfter(history, 1, 2)).toBe('process 2 on n1 at event 2');
  expect(new Moments(history).by(2)).toBe('process 2 on n1 at event 2');
  expect(isTimed(at(0, 1, 5))).toBe(true);
  expect(isTimed(at(0, 0, 0))).toBe(true);
});

it('tells a span that would print as one moment by its length', () => {
  expect(span(1e9, 2e9)).toBe('from 1.00 s to 2.00 s');
  expect(span(1e9, 1.0016e9)).toBe('from 1.00 s on, for 1.6 ms');
});
