import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../harness/history/builder.js';
import type { EventType, Json } from '../../harness/history/operation.js';
import { clientInvocations, operationAt } from '../operation.js';
import { historyOf } from '../testing/runs.js';
import { bigHistory, traffic } from '../testing/synthetic.js';
import { aggregate, quantile } from './aggregate.js';
import { decodeOperations, OMITTED_VALUE } from './decode.js';
import { jsonForScript } from './embed.js';
import { encodeOperations, VALUE_LIMITS } from './encode.js';
import { ratesOf } from './rates.js';
import { select } from './select.js';
import { VarintReader, VarintWriter } from './varint.js';
import { OUTCOMES } from './wire.js';

it('varints come back as they were, signs and 53 bits included', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), (numbers) => {
      const writer = new VarintWriter();
      const half = numbers.map((number) => Math.trunc(number / 2));
      for (const number of half) writer.writeSigned(number);
      for (const number of numbers) writer.write(Math.abs(number));
      const reader = new VarintReader(writer.finish());
      expect(half.map(() => reader.readSigned())).toEqual(half.map((number) => number + 0));
      expect(numbers.map(() => reader.read())).toEqual(numbers.map((number) => Math.abs(number)));
    }),
    { numRuns: 200 },
  );
});

const value = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.tuple(fc.integer(), fc.integer()),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }),
) as fc.Arbitrary<Json>;
const step = fc.record({
  type: fc.constantFrom<EventType | 'none'>('ok', 'fail', 'info', 'none'),
  f: fc.constantFrom('read', 'write'),
  input: value,
  output: value,
  key: fc.option(fc.string(), { nil: undefined }),
  node: fc.option(fc.constantFrom('n1', 'n2'), { nil: undefined }),
  wait: fc.nat(1e9),
  took: fc.nat(1e9),
});

describe('the embedded operations', () => {
  it('come back as they are in the history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let time = 0;
        const events = steps.flatMap(({ type, f, input, output, key, node, wait, took }, process): EventInput[] => {
          const common = { process, f, ...(key !== undefined && { key }), ...(node !== undefined && { node }) };
          const invocation: EventInput = { ...common, type: 'invoke', value: input, time: (time += wait) };
          if (type === 'none') return [invocation];
          const error = type === 'ok' ? {} : { error: 'timeout' };
          return [invocation, { ...common, type, value: output, time: (time += took), ...error }];
        });
        const history = historyOf(events);
        const invocations = clientInvocations(history);
        const decoded = decodeOperations(inflateRawSync(encodeOperations(history, invocations)));
        expect(decoded.count).toBe(invocations.length);
        for (const [i, position] of invocations.entries()) {
          const expected = operationAt(history, position);
          expect(decoded.indices[i]).toBe(expected.index);
          expect(decoded.completions[i]).toBe(expected.completionIndex ?? expected.index);
          expect(decoded.processes[i]).toBe(expected.process);
          expect(OUTCOMES[decoded.outcomes[i]]).toBe(expected.outcome);
          expect(Math.abs(decoded.starts[i] - expected.startTime)).toBeLessThan(1_000);
          expect(JSON.parse(decoded.values.input(i))).toEqual(expected.input);
          const output = decoded.values.output(i);
          expect(output === undefined ? undefined : JSON.parse(output)).toEqual(expected.output);
          expect(decoded.nodes[i] < 0 ? undefined : decoded.nodeNames[decoded.nodes[i]]).toBe(expected.node);
          expect(decoded.errors[i] < 0 ? undefined : decoded.errorTexts[decoded.errors[i]]).toBe(expected.error);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('clip one long value and leave out values beyond the bound of all', () => {
    const history = historyOf([
      { process: 0, type: 'invoke', f: 'write', value: 'x'.repeat(1_000_000) },
      { process: 0, type: 'ok', f: 'write', value: 'x'.repeat(1_000_000) },
      { process: 1, type: 'invoke', f: 'write', value: 'y'.repeat(1_500) },
      { process: 1, type: 'ok', f: 'write', value: 'short' },
    ]);
    const block = encodeOperations(history, clientInvocations(history), { ...VALUE_LIMITS, totalBytes: 2_200 });
    const { values } = decodeOperations(inflateRawSync(block));
    expect(values.input(0)).toContain('… (1000002 bytes; whole value in the history)');
    expect(values.output(0)).toBe(values.input(0));
    expect(values.input(1)).toBe(OMITTED_VALUE);
    expect(values.output(1)).toBe('"short"');
  });

  it('stay small: under 30 bytes an operation with whole bank snapshots in it', () => {
    const history = traffic(20_000);
    const block = encodeOperations(history, clientInvocations(history));
    expect(block.length / 20_000).toBeLessThan(50);
  });
});

describe('thinning a long history', () => {
  const history = bigHistory(50_000);
  const invocations = clientInvocations(history);

  it('keeps everything where there is room', () => {
    expect(select(history, invocations, new Set(), 50_000).positions).toBe(invocations);
  });

  it('keeps proofs and unknown outcomes, and no more than was allowed', () => {
    const proofs = new Set([invocations[1], invocations[777], invocations[49_999]]);
    const { positions, total, everyOk, everyOther } = select(history, invocations, proofs, 5_000);
    expect(total).toBe(50_000);
    expect(positions.length).toBeLessThanOrEqual(5_000);
    expect(positions.length).toBeGreaterThan(3_500);
    expect(everyOther).toBe(1);
    expect(everyOk).toBeGreaterThan(10);
    for (const proof of proofs) expect(positions).toContain(proof);
    expect([...positions]).toEqual([...positions].sort((a, b) => a - b));
  });
});

describe('figures over time', () => {
  const history = historyOf(
    [0, 1, 2, 3].flatMap((n): EventInput[] => [
      { process: n, type: 'invoke', f: 'cas', value: [1, 2], time: n * 1e9 },
      {
        process: n,
        type: n === 1 ? 'fail' : n === 2 ? 'info' : 'ok',
        f: 'cas',
        value: [1, 2],
        time: n * 1e9 + (n + 1) * 1e6,
        ...(n === 1 && { error: 'mismatch' }),
      },
    ]),
  );
  const durationNs = history.columns.times[history.length - 1];
  const figures = aggregate(history, clientInvocations(history), durationNs);

  it('count every completion once', () => {
    const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
    expect([sum(figures.ok), sum(figures.fail), sum(figures.info)]).toEqual([2, 1, 1]);
  });

  it('count a compare-and-set that found another value as answered, an unknown outcome not', () => {
    const at = (time: number) => figures.availability[Math.floor(time / figures.bucketNs)];
    expect([at(1e6), at(1.002e9), at(2.003e9)]).toEqual([1, 1, 0]);
  });

  it('leave out the rate of a last bucket too short to have one', () => {
    const cut = { aggregates: { ...figures, bucketNs: 1e9, buckets: 2 }, durationNs: 1.2e9 };
    expect(ratesOf(cut, [5, 5])).toEqual([5, null]);
    expect(ratesOf({ ...cut, durationNs: 1.5e9 }, [5, 5])).toEqual([5, 10]);
  });

  it('quantiles are values that occurred', () => {
    expect([0, 0.5, 0.99, 1].map((share) => quantile(Float64Array.of(1, 2, 3, 4), share))).toEqual([1, 2, 4, 4]);
    expect(quantile(new Float64Array(0), 0.5)).toBeNull();
  });
});

it('JSON in a page cannot end its block', () => {
  const hostile = { a: '</script><!--', b: '\u2028&' };
  const text = jsonForScript(hostile);
  expect(text).not.toMatch(/[<>&\u2028]/);
  expect(JSON.parse(text)).toEqual(hostile);
});
