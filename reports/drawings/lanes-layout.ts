import { describe } from '../describe.js';
import type { ReportedOperation } from '../operation.js';
import { inline } from '../text.js';

/** Where one operation is drawn. Lengths in SVG user units (CSS pixels). */
export interface Bar {
  readonly operation: ReportedOperation;
  readonly label: string;
  readonly lane: number;
  readonly x: number;
  readonly width: number;
  /** Its effect may come at any later time: drawn open to the right. */
  readonly openEnded: boolean;
}

export interface LanesLayout {
  readonly bars: readonly Bar[];
  readonly lanes: readonly string[];
  readonly width: number;
}

/** Labels as long as the page is wide enough for; the table below has the whole words. */
const LABEL_LENGTHS = [48, 36, 28, 24, 20, 16];
const CHARACTER = 7.3;
const PADDING = 20;
const EVENT_GAP = 22;
/** A short proof is stretched towards the width of the page, but not beyond what looks like one. */
const COMFORTABLE_WIDTH = 900;

/**
 * Lanes over the *order* of events, not over time: who returned before whom was invoked is what proves the violation,
 * and real durations would squeeze most labels to nothing. Each event comes a step after the one before it, and a
 * completion no earlier than its operation's label has room.
 */
export function layOutLanes(operations: readonly ReportedOperation[]): LanesLayout {
  const layouts = LABEL_LENGTHS.map((length) => ({ length, ...place(operations, 1, length) }));
  const { length, width } = layouts.find((layout) => layout.width <= COMFORTABLE_WIDTH) ?? layouts[layouts.length - 1];
  return place(operations, Math.min(2.2, Math.max(1, COMFORTABLE_WIDTH / width)), length);
}

function place(operations: readonly ReportedOperation[], stretch: number, labelLength: number): LanesLayout {
  const labels = new Map(operations.map((operation) => [operation, describe(operation, labelLength)]));
  const processes = [...new Set(operations.map(({ process }) => process))];
  const starts = new Map<ReportedOperation, number>();
  const ends = new Map<ReportedOperation, number>();
  let x = 0;
  for (const { operation, isEnd } of eventsOf(operations)) {
    const start = starts.get(operation);
    if (!isEnd || start === undefined) starts.set(operation, (x += EVENT_GAP * stretch));
    else
      ends.set(
        operation,
        (x = Math.max(x + EVENT_GAP * stretch, start + stretch * labelWidth(labels.get(operation)!))),
      );
  }
  const open = operations.filter((operation) => !ends.has(operation));
  const width = Math.max(x, ...open.map((operation) => starts.get(operation)! + labelWidth(labels.get(operation)!)));
  const bars = operations.map((operation) => ({
    operation,
    label: labels.get(operation)!,
    lane: processes.indexOf(operation.process),
    x: starts.get(operation)!,
    width: (ends.get(operation) ?? width + EVENT_GAP) - starts.get(operation)!,
    openEnded: !ends.has(operation),
  }));
  return { bars, lanes: processes.map((process) => laneName(operations, process)), width: width + EVENT_GAP };
}

/** Invocations and completions in the order of the journal. An unknown outcome has no end. */
function eventsOf(operations: readonly ReportedOperation[]) {
  const events = operations.flatMap((operation) => {
    const start = { at: operation.index, operation, isEnd: false };
    const hasEnd = operation.completionIndex !== undefined && operation.outcome !== 'info';
    return hasEnd ? [start, { at: operation.completionIndex, operation, isEnd: true }] : [start];
  });
  return events.sort((a, b) => a.at - b.at);
}

function labelWidth(label: string): number {
  return Math.max(64, label.length * CHARACTER + PADDING);
}

function laneName(operations: readonly ReportedOperation[], process: ReportedOperation['process']): string {
  const node = operations.find((operation) => operation.process === process && operation.node !== undefined)?.node;
  const name = inline(
    operations.find((operation) => operation.process === process)?.processName ?? String(process),
    30,
  );
  return node === undefined ? `process ${name}` : `process ${name} on ${inline(node, 30)}`;
}

/** A point on each bar, in the given order and as far as possible moving right: when each took effect. */
export function linearizationPoints(
  bars: readonly Bar[],
  order: readonly number[],
): readonly (Bar & { readonly at: number })[] {
  const points: (Bar & { readonly at: number })[] = [];
  let last = 0;
  for (const index of order) {
    const bar = bars.find(({ operation }) => operation.index === index || operation.completionIndex === index);
    if (bar === undefined) continue;
    last = Math.min(Math.max(last + 14, bar.x + 10), bar.x + bar.width - 10);
    points.push({ ...bar, at: last });
  }
  return points;
}
