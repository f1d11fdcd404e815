import { describe, expect, it } from 'vitest';
import { type EventInput, HistoryBuilder, historyOf } from './builder.js';
import { HistoryError } from './history-error.js';
import { NEMESIS, NONE, VALUE_INT, VALUE_NULL, VALUE_PAIR, VALUE_RAW } from './history.js';

const invoke = (process: number, f = 'read', more: Partial<EventInput> = {}): EventInput => ({
  process,
  type: 'invoke',
  f,
  ...more,
});
const ok = (process: number, f = 'read', more: Partial<EventInput> = {}): EventInput => ({
  ...invoke(process, f, more),
  type: 'ok',
});

/** Builds with indices and times and answers the message of the error. */
function journalError(events: readonly EventInput[]): string {
  const builder = new HistoryBuilder({ source: 'h.jsonl' });
  try {
    events.forEach((event, at) => builder.append({ index: at, time: at, ...event }));
    builder.build();
  } catch (error) {
    expect(error).toBeInstanceOf(HistoryError);
    return (error as Error).message;
  }
  throw new Error('accepted');
}

describe('values', () => {
  it('keeps small integers and pairs out of the slab, and decodes all to what went in', () => {
    const values = [null, 0, -7, 2 ** 31 - 1, 2 ** 31, 1.5, [1, 2], [1, 2, 3], ['a', 2], true, 'é', { 0: 10 }];
    const history = historyOf(values.map((value) => ({ process: 'nemesis', type: 'info', f: 'x', value })));
    expect(values.map((_, at) => history.value(at))).toEqual(values);
    expect([...history.columns.valueKinds.subarray(0, 7)]).toEqual([
      VALUE_NULL,
      VALUE_INT,
      VALUE_INT,
      VALUE_INT,
      VALUE_RAW,
      VALUE_RAW,
      VALUE_PAIR,
    ]);
  });
});

describe('pairing', () => {
  it('pairs per process, leaves the last invocation open, and knows the nemesis', () => {
    const history = historyOf([
      invoke(3),
      invoke(5, 'write', { value: 1 }),
      { process: 'nemesis', type: 'invoke', f: 'kill' },
      ok(5, 'write', { value: 1 }),
      { process: 'nemesis', type: 'info', f: 'phase', value: 'faults' },
      { process: 'nemesis', type: 'ok', f: 'kill' },
    ]);
    expect([...history.columns.pairs]).toEqual([NONE, 3, 5, 1, NONE, 2]);
    expect(history.columns.processes[2]).toBe(NEMESIS);
  });

  it('lets an imported process go on after info', () => {
    const history = historyOf([invoke(0), { ...invoke(0), type: 'info' }, invoke(0), ok(0)]);
    expect([...history.columns.pairs]).toEqual([1, 0, 3, 2]);
  });

  it('pairs huge sparse process numbers', () => {
    const history = historyOf([invoke(2_000_000_000), invoke(1_999_999_999), ok(2_000_000_000), ok(1_999_999_999)]);
    expect([...history.columns.pairs]).toEqual([2, 3, 0, 1]);
  });

  it('gives a completion the key, node and workload of its invocation', () => {
    const history = historyOf([invoke(0, 'read', { key: 'x', node: 'n1', workload: 'register' }), ok(0)]);
    expect(history.event(1)).toMatchObject({ key: 'x', node: 'n1', workload: 'register' });
  });
});

describe('order', () => {
  it('fills absent indices and times with positions', () => {
    const history = historyOf([invoke(0), ok(0)]);
    expect([...history.columns.indices]).toEqual([0, 1]);
    expect([...history.columns.times]).toEqual([0, 1]);
  });

  it('takes the order of indices as the real-time order, raises times that go back and says so', () => {
    const builder = new HistoryBuilder();
    builder.append(invoke(0, 'read', { index: 0, time: 10 }));
    builder.append(ok(0, 'read', { index: 1, time: 8 }));
    expect([...builder.build().columns.times]).toEqual([10, 10]);
    expect(builder.notes).toEqual(['1 times went back; the order of indices was taken as the real-time order']);
  });

  it('sorts by index, and keeps the lines', () => {
    const builder = new HistoryBuilder({ source: 'h' });
    builder.append(ok(0, 'read', { index: 1 }), 4);
    builder.append(invoke(1, 'write', { index: 2 }), 6);
    builder.append(invoke(0, 'read', { index: 0 }), 7);
    const history = builder.build();
    expect([...history.events()].map(({ index, type }) => [index, type])).toEqual([
      [0, 'invoke'],
      [1, 'ok'],
      [2, 'invoke'],
    ]);
    expect([0, 1, 2].map((position) => history.placeOf(position))).toEqual(['h:7', 'h:4', 'h:6']);
    expect(builder.notes[0]).toContain('sorted by index: 1 times');
  });

  it('sorts by time where there are no indices, unless that reorders one process', () => {
    const builder = new HistoryBuilder();
    builder.append(invoke(1, 'read', { time: 5 }));
    builder.append(invoke(0, 'read', { time: 3 }));
    builder.append(ok(0, 'read', { time: 6 }));
    expect([...builder.build().columns.processes]).toEqual([0, 1, 0]);
    expect(builder.notes[0]).toContain('sorted by time');
    const events = [invoke(0, 'read', { time: 10 }), ok(0, 'read', { time: 8 })];
    expect(() => historyOf(events, { source: 'h' })).toThrow(/^h:2: time goes back from 10 to 8 within process 0/);
  });

  it('tells times since an epoch from the first one on, exactly', () => {
    const builder = new HistoryBuilder();
    builder.append(invoke(0, 'read', { time: 1_764_547_200_000_000_001n }));
    builder.append(ok(0, 'read', { time: 1_764_547_200_000_000_004n }));
    expect([...builder.build().columns.times]).toEqual([0, 3]);
    expect(builder.notes[0]).toContain('times are since an epoch');
    const mixed = [invoke(0, 'read', { time: 1_764_547_200_000_000_001n }), ok(0, 'read', { time: 5 })];
    expect(() => historyOf(mixed)).toThrow(/time 5 is more than 90 days away/);
  });

  it('makes up invocations where there are completions only, and says that real time is not judged', () => {
    const builder = new HistoryBuilder();
    for (const process of ['a', 'b', 'a']) builder.append({ process, type: 'ok', f: 'txn', value: [['r', 1, 2]] });
    const history = builder.build();
    expect([...history.columns.pairs]).toEqual([1, 0, 3, 2, 5, 4]);
    expect([...history.columns.processes]).toEqual([0, 0, 1, 1, 0, 0]);
    expect(history.processName(2)).toBe('b');
    expect(builder.notes[0]).toMatch(/^no-realtime/);
  });

  it('keeps indices of a part and says that there are gaps', () => {
    const builder = new HistoryBuilder();
    builder.append(invoke(0, 'read', { index: 4, time: 1 }));
    builder.append(ok(0, 'read', { index: 9, time: 2 }));
    expect([...builder.build().columns.indices]).toEqual([4, 9]);
    expect(builder.notes[0]).toContain('indices jump 1 times');
  });
});

describe('damage is an error with its line', () => {
  it.each<[string, EventInput[], RegExp]>([
    [
      'two invocations',
      [invoke(0), invoke(0, 'write')],
      /^h.jsonl:2: process 0 invokes "write" while its "read" of line 1 /,
    ],
    [
      'orphan completion',
      [invoke(0), ok(0), ok(0)],
      /^h.jsonl:3: process 0 completes "read" without having invoked it/,
    ],
    [
      'another f',
      [invoke(0), ok(0, 'write')],
      /^h.jsonl:2: process 0 completes "write", but what it invoked on line 1 is "read"/,
    ],
    [
      'another key',
      [invoke(0, 'read', { key: 'x' }), ok(0, 'read', { key: 'y' })],
      /^h.jsonl:2: .* key "y", .* line 1 key "x"/,
    ],
    ['index doubled', [invoke(0), ok(0, 'read', { index: 0 })], /^h.jsonl:2: index 0 twice/],
    [
      'index doubled later',
      [invoke(0, 'read', { index: 5 }), ok(0, 'read', { index: 7 }), invoke(0, 'read', { index: 5 })],
      /^h.jsonl:3: index 5 twice: line 1 has it too/,
    ],
    ['negative process', [invoke(-3)], /^h.jsonl:1: process must be/],
    ['fractional process', [invoke(0.5)], /^h.jsonl:1: process must be/],
  ])('%s', (_, events, message) => expect(journalError(events)).toMatch(message));

  it('counts lines where readers skipped some', () => {
    const builder = new HistoryBuilder({ source: 'h' });
    builder.append(invoke(0), 3);
    builder.append(ok(0), 4);
    builder.append(ok(0), 9);
    expect(() => builder.build()).toThrow(/^h:9: /);
  });
});
