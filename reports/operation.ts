import { NEMESIS, NONE, INVOKE, type History } from '../harness/history/history.js';
import type { Process } from '../harness/history/operation.js';
import type { DescribedOperation, OperationOutcome } from './describe.js';

/** An invocation joined with its completion. Times in ns. */
export interface ReportedOperation extends DescribedOperation {
  /** Journal index of the invocation: the operation's id everywhere in the report. */
  readonly index: number;
  readonly completionIndex?: number;
  readonly process: Process;
  /** As people know it: its name, where processes have names. */
  readonly processName?: string;
  readonly key?: string;
  readonly node?: string;
  readonly workload?: string;
  readonly error?: string;
  readonly startTime: number;
  /** Undefined while open. */
  readonly endTime?: number;
}

/** Where the event with a journal index is, or NONE. Indices ascend, so this is a binary search. */
export function positionOf(history: History, index: number): number {
  const { indices, length } = history.columns;
  let low = 0;
  let high = length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (indices[middle] === index) return middle;
    if (indices[middle] < index) low = middle + 1;
    else high = middle - 1;
  }
  return NONE;
}

/** The operation whose invocation or completion is at this position. */
export function operationAt(history: History, position: number): ReportedOperation {
  const { types, pairs } = history.columns;
  const partner = pairs[position];
  const isInvocation = types[position] === INVOKE;
  const first = isInvocation || partner === NONE ? position : partner;
  const second = isInvocation ? partner : position;
  const invocation = history.event(first);
  const completion = second === NONE || second === first ? undefined : history.event(second);
  const node = invocation.node ?? completion?.node;
  const outcome: OperationOutcome =
    completion !== undefined && completion.type !== 'invoke' ? completion.type : orphanOutcome(invocation.type);
  return {
    index: invocation.index,
    process: invocation.process,
    ...(history.columns.processNames && { processName: history.processName(first) }),
    f: invocation.f,
    input: invocation.value,
    output: completion?.value,
    outcome,
    startTime: invocation.time,
    ...(completion !== undefined && { completionIndex: completion.index, endTime: completion.time }),
    ...(invocation.key !== undefined && { key: invocation.key }),
    ...(node !== undefined && { node }),
    ...(invocation.workload !== undefined && { workload: invocation.workload }),
    ...(completion?.error !== undefined && { error: completion.error }),
  };
}

function orphanOutcome(type: 'invoke' | 'ok' | 'fail' | 'info'): OperationOutcome {
  return type === 'invoke' ? 'open' : type;
}

/** The distinct operations that journal indices (of invocations or completions) belong to, by invocation, ascending. */
export function operationsOf(history: History, indices: Iterable<number>): ReportedOperation[] {
  const found = new Map<number, ReportedOperation>();
  for (const index of indices) {
    const position = positionOf(history, index);
    if (position === NONE) continue;
    const operation = operationAt(history, position);
    found.set(operation.index, operation);
  }
  return [...found.values()].sort((a, b) => a.index - b.index);
}

/** Positions of every invocation by a client, ascending. */
export function clientInvocations(history: History): Int32Array {
  const { types, processes, length } = history.columns;
  const positions = new Int32Array(length);
  let size = 0;
  for (let position = 0; position < length; position++) {
    if (types[position] === INVOKE && processes[position] !== NEMESIS) positions[size++] = position;
  }
  return positions.subarray(0, size);
}

/** False for an imported history without times, whose "times" are its positions. */
export function isTimed(history: History): boolean {
  const { times, length } = history.columns;
  for (let position = 0; position < length; position++) if (times[position] !== position) return true;
  return false;
}
