import type { Operations } from '../../data/decode.js';
import { OUTCOMES, type EmbeddedReport } from '../../data/wire.js';
import { describe } from '../../describe.js';
import type { Json } from '../../../harness/history/operation.js';
import { layLanes, type Lane } from './lanes.js';
import type { Viewport } from './viewport.js';

/** What is looked at. Changed only by the timeline's own functions, painted after every change. */
export interface TimelineState {
  readonly report: EmbeddedReport;
  readonly operations: Operations;
  readonly bounds: Viewport;
  view: Viewport;
  lanes: readonly Lane[];
  /** Pixels the lanes are scrolled down. */
  scroll: number;
  /** 1 where the filter lets an operation through. */
  mask: Uint8Array;
  /** Operations found by the search, ascending; undefined while nothing is searched. */
  matches: Int32Array | undefined;
  /** 1 where an operation was found. */
  matchMask: Uint8Array | undefined;
  selected: number | undefined;
  /** Number of the anomaly that an operation is part of, by operation. */
  readonly anomalyOf: ReadonlyMap<number, readonly number[]>;
}

/** The whole run in view, nothing selected, nothing left out. */
export function initialState(report: EmbeddedReport, operations: Operations): TimelineState {
  const bounds = { start: 0, end: Math.max(1, report.durationNs) };
  const anomalyOf = new Map<number, number[]>();
  for (const { number, operations: indices } of report.anomalies) {
    for (const index of indices) {
      const operation = findByIndex(operations, index);
      if (operation !== undefined) anomalyOf.set(operation, [...(anomalyOf.get(operation) ?? []), number]);
    }
  }
  return {
    report,
    operations,
    bounds,
    view: bounds,
    lanes: layLanes(operations, 'workload'),
    scroll: 0,
    mask: new Uint8Array(operations.count).fill(1),
    matches: undefined,
    matchMask: undefined,
    selected: undefined,
    anomalyOf,
  };
}

/** Position of the operation whose invocation or completion has a journal index. */
export function findByIndex({ indices, completions, count }: Operations, index: number): number | undefined {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (indices[middle] === index) return middle;
    if (indices[middle] < index) low = middle + 1;
    else high = middle - 1;
  }
  for (let i = Math.min(high, count - 1); i >= 0; i--) if (completions[i] === index) return i;
  return undefined;
}

/** A few words: `write 3`, `read → 5`. */
export function wordsOf(operations: Operations, i: number, maxLength = 120): string {
  const output = operations.values.output(i);
  return describe(
    {
      f: operations.functionNames[operations.functions[i]],
      input: parse(operations.values.input(i)),
      output: output === undefined ? undefined : parse(output),
      outcome: OUTCOMES[operations.outcomes[i]],
    },
    maxLength,
  );
}

/** A clipped or left-out value is no JSON any more and is shown as the text it is. */
function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
