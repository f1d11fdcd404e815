import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOperations } from '../../data/decode.js';
import { encodeOperations } from '../../data/encode.js';
import { clientInvocations } from '../../operation.js';
import { bareRegister } from '../../testing/invalid-runs.js';
import { traffic } from '../../testing/synthetic.js';
import { ticks } from '../../ticks.js';
import { firstEndingAfter, layLanes } from './lanes.js';
import { applyFilter, parseQuery, search } from './search.js';
import { findByIndex, wordsOf } from './state.js';
import { around, pan, within, zoom } from './viewport.js';

const open = (history: ReturnType<typeof traffic>) =>
  decodeOperations(inflateRawSync(encodeOperations(history, clientInvocations(history))));
const operations = open(traffic(2_000));
const bare = open(bareRegister().history);

describe('the viewport', () => {
  const bounds = { start: 0, end: 60e9 };
  const inside = fc
    .tuple(fc.nat(60_000), fc.nat(60_000))
    .map(([a, b]) => ({ start: Math.min(a, b) * 1e6, end: Math.max(a, b) * 1e6 + 2_000 }));

  it('never leaves the run', () => {
    fc.assert(
      fc.property(
        inside,
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        fc.integer({ min: -1e12, max: 1e12 }),
        (start, factor, delta) => {
          const view = within(start, bounds);
          for (const next of [
            zoom(view, factor, (view.start + view.end) / 2, bounds),
            pan(view, delta, bounds),
            around(view.start, view.end, bounds),
          ]) {
            expect(next.start).toBeGreaterThanOrEqual(bounds.start - 1);
            expect(next.end).toBeLessThanOrEqual(bounds.end + 1);
            expect(next.end).toBeGreaterThan(next.start);
          }
        },
      ),
    );
  });

  it('keeps what is under the pointer where it is', () => {
    const view = { start: 10e9, end: 20e9 };
    const next = zoom(view, 0.5, 12e9, bounds);
    expect((12e9 - next.start) / (next.end - next.start)).toBeCloseTo(0.2);
  });
});

describe('lanes', () => {
  it.each(['workload', 'node'] as const)('by %s hold every operation once and never two at a time', (grouping) => {
    const lanes = layLanes(operations, grouping);
    const all = lanes.flatMap((lane) => [...lane.operations]);
    expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: operations.count }, (_, i) => i));
    for (const lane of lanes) {
      for (const [at, operation] of lane.operations.entries()) {
        if (at === 0) continue;
        const before = lane.operations[at - 1];
        expect(operations.starts[before] + operations.durations[before]).toBeLessThanOrEqual(
          operations.starts[operation] + 1_000,
        );
      }
    }
  });

  it('let the process that replaces another one take over its lane', () => {
    expect(new Set(operations.processes).size).toBeGreaterThan(16);
    expect(layLanes(operations, 'workload').length).toBeLessThanOrEqual(14);
  });

  it('find the first operation in view', () => {
    const [lane] = layLanes(operations, 'workload');
    for (const time of [0, 1e9, 20e9, 1e12]) {
      const at = firstEndingAfter(lane, operations, time);
      const ends = [...lane.operations].map((i) => operations.starts[i] + operations.durations[i]);
      expect(at).toBe(ends.filter((end) => end < time).length);
    }
  });
});

describe('search', () => {
  it('understands fields, quotes and ids', () => {
    expect(parseQuery('key:r3 "two words" #812 id:7 http:x')).toEqual([
      { field: 'key', text: 'r3' },
      { text: 'two words' },
      { text: '812' },
      { field: 'id', text: '7' },
      { text: 'http:x' },
    ]);
  });

  const found = (query: string) => [...search(bare, query)].map((i) => wordsOf(bare, i));
  it('finds by id of invocation or completion, key, value, function, node, process, error', () => {
    expect(found('id:5')).toEqual(['write 2 → ?']);
    expect(found('key:x')).toHaveLength(5);
    expect(found('value:2')).toEqual(['write 2 → ?', 'read → 2']);
    expect(found('f:read process:1')).toEqual(['read → 1', 'read → 2']);
    expect(found('error:time')).toEqual(['write 2 → ?']);
    expect(found('n3 read')).toEqual(['read → 1']);
    expect(found('nothing-like-it')).toEqual([]);
  });

  it('takes a number as a whole', () => {
    for (const i of search(operations, 'value:12')) {
      expect(`${operations.values.input(i)} ${operations.values.output(i) ?? ''}`).toMatch(/(?<!\d)12(?!\d)/);
    }
  });
});

it('filters by outcome, kind and process', () => {
  const passing = (mask: Uint8Array) => [...mask.keys()].filter((i) => mask[i] === 1);
  const outcomes = new Set(['ok', 'fail', 'info']);
  expect(passing(applyFilter(operations, { outcomes }))).toHaveLength(operations.count);
  for (const i of passing(applyFilter(operations, { outcomes: new Set(['info']), workload: 0 }))) {
    expect(operations.outcomes[i]).toBe(2);
    expect(operations.workloads[i]).toBe(0);
  }
  expect(passing(applyFilter(bare, { outcomes, process: 1 }))).toEqual([1, 3]);
});

it('finds an operation by the index of either of its events', () => {
  expect([0, 2, 5, 9, 10, 99].map((index) => findByIndex(bare, index))).toEqual([0, 0, 2, 4, undefined, undefined]);
});

it('ticks are round and bounded', () => {
  expect(ticks(0, 60, 6)).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(ticks(5, 5, 6)).toEqual([5]);
  expect(ticks(0, 1e12, 1e9).length).toBeLessThanOrEqual(200);
});
