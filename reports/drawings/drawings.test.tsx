import fc from 'fast-check';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import type { ReportedOperation } from '../operation.js';
import { operationsOf } from '../operation.js';
import { HOSTILE } from '../testing/hostile-run.js';
import { bareRegister } from '../testing/invalid-runs.js';
import { Cycle } from './cycle.js';
import { layOutLanes, linearizationPoints } from './lanes-layout.js';
import { Lanes } from './lanes.js';
import { Series } from './series.js';

const { history } = bareRegister();
const proof = operationsOf(history, [0, 1, 4, 6, 8]);

describe('lanes', () => {
  it('put an operation that returned before another was invoked left of it, without overlap', () => {
    const arbitrary = fc.array(fc.tuple(fc.nat(5), fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(arbitrary, (steps) => {
        const { bars } = layOutLanes(operationsFrom(steps));
        for (const a of bars) {
          for (const b of bars) {
            const end = a.operation.outcome === 'info' ? Infinity : a.operation.completionIndex!;
            if (end < b.operation.index) expect(a.x + a.width).toBeLessThanOrEqual(b.x);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('leave room for the label', () => {
    for (const { label, width } of layOutLanes(proof).bars) expect(width).toBeGreaterThanOrEqual(label.length * 7);
  });

  it('draw an unknown outcome open to the right', () => {
    const unknown = layOutLanes(proof).bars.find(({ operation }) => operation.outcome === 'info')!;
    expect(unknown.openEnded).toBe(true);
  });

  it('place each point of the legal order inside its bar', () => {
    const { bars } = layOutLanes(proof);
    const points = linearizationPoints(bars, [0, 1, 4, 6]);
    expect(points.map(({ operation }) => operation.index)).toEqual([0, 1, 4, 6]);
    for (const { at, x, width } of points) {
      expect(at).toBeGreaterThanOrEqual(x);
      expect(at).toBeLessThanOrEqual(x + width);
    }
  });

  it('say why nothing can come next', () => {
    const drawing = {
      kind: 'lanes',
      linearized: [0, 1, 4, 6],
      obstacles: [{ index: 8, reason: 'the register holds 2' }],
    } as const;
    const html = renderToString(
      <Lanes id="d" title="t" drawing={drawing} proof={proof} history={history} timed durationNs={2e9} />,
    );
    expect(html).toContain('Nothing can come next');
    expect(html).toContain('the register holds 2');
    expect(html).toContain('href="#op=8"');
    expect(html).toMatch(/class="bar ok blocked"/);
  });
});

/** Operations one after another, each staying open past as many later events as asked. */
function operationsFrom(steps: readonly (readonly [number, number, boolean])[]): ReportedOperation[] {
  let index = 0;
  const events: { at: number; operation: number; isEnd: boolean }[] = [];
  for (const [operation, [overlap, gap]] of steps.entries()) {
    events.push({ at: (index += 1 + gap), operation, isEnd: false });
    events.push({ at: index + overlap * 2 + 0.5, operation, isEnd: true });
  }
  events.sort((a, b) => a.at - b.at);
  const place = (operation: number, isEnd: boolean) =>
    events.findIndex((each) => each.operation === operation && each.isEnd === isEnd);
  return steps.map(([, , unknown], operation) => ({
    index: place(operation, false),
    completionIndex: place(operation, true),
    process: operation,
    f: 'write',
    input: operation,
    output: operation,
    outcome: unknown ? 'info' : 'ok',
    startTime: 0,
    endTime: 1,
  }));
}

describe('a cycle', () => {
  const drawing = {
    kind: 'cycle',
    nodes: [
      { name: 'T1', label: 'r x [1 2]', index: 0 },
      { name: 'T2', label: HOSTILE, index: 4 },
    ],
    edges: [
      { from: 0, to: 1, relation: 'rw', because: 'T1 did not see it' },
      { from: 1, to: 0, relation: 'realtime', because: 'T2 was over' },
    ],
  } as const;
  const html = renderToString(<Cycle id="c" title="t" drawing={drawing} />);

  it('labels every edge and gives every reason as text', () => {
    for (const words of ['>rw<', '>realtime<', 'T1 did not see it', 'T2 was over']) expect(html).toContain(words);
  });

  it('escapes labels', () => {
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('NaN');
  });
});

describe('a series', () => {
  const times = Array.from({ length: 100_000 }, (_, i) => i * 1e6);
  const drawing = {
    kind: 'series',
    label: 'sum',
    times,
    values: times.map((_, i) => (i === 54_321 ? 985 : 1_000)),
    expected: 1_000,
    markedTime: 54_321e6,
  } as const;

  it('thins long data without losing the jump, and marks it', () => {
    const html = renderToString(<Series id="s" title="t" drawing={drawing} faults={[]} timed />);
    expect(html.length).toBeLessThan(60_000);
    expect(html).toContain('54.321 s: 985');
    expect(html).not.toContain('NaN');
  });

  it('draws a single point and nothing at all', () => {
    const one = { kind: 'series', label: 'sum', times: [0], values: [0] } as const;
    expect(renderToString(<Series id="s" title="t" drawing={one} faults={[]} timed />)).not.toContain('NaN');
    const none = { ...one, times: [], values: [] };
    expect(renderToString(<Series id="s" title="t" drawing={none} faults={[]} timed />)).toBe('');
  });
});
