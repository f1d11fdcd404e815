import type { Json, Operation } from '../../harness/history/operation.js';
import type { Anomaly, CheckContext, StreamingChecker } from '../checker.js';
import { isObject } from '../values.js';
import { seconds } from '../verdict.js';

/** What a stream may know beside the events. */
export type StreamContext = Pick<CheckContext, 'options' | 'consistency' | 'claimed'>;

/** An operation that is over, by the events of its invocation and its completion. */
export interface Ended {
  readonly invocation: Operation;
  readonly completion: Operation;
}

/** Judges operations as they begin and end. What it answers must be a violation whatever is still to come. */
export interface Watcher {
  invoked?(invocation: Operation): Anomaly | undefined;
  ok?(operation: Ended): Anomaly | undefined;
  failed?(operation: Ended): Anomaly | undefined;
  /** The outcome is unknown. */
  unknown?(operation: Ended): Anomaly | undefined;
}

/** Joins completions with their invocations: of all operations only the open ones are remembered here. */
export function watching(watcher: Watcher): StreamingChecker {
  const open = new Map<Operation['process'], Operation>();
  let found: Anomaly | undefined;
  return {
    push(event) {
      if (found !== undefined || event.process === 'nemesis') return found;
      if (event.type === 'invoke') {
        open.set(event.process, event);
        found = watcher.invoked?.(event);
        return found;
      }
      const invocation = open.get(event.process);
      if (invocation === undefined) return undefined;
      open.delete(event.process);
      const operation = { invocation, completion: event };
      if (event.type === 'ok') found = watcher.ok?.(operation);
      else if (event.type === 'fail') found = watcher.failed?.(operation);
      else found = watcher.unknown?.(operation);
      return found;
    },
    finish: () => found,
  };
}

/** `process 3 on n2 at 12.41 s`. */
export function who({ process, node, time }: Operation): string {
  return `process ${process}${node === undefined ? '' : ` on ${node}`} at ${seconds(time)}`;
}

/** Journal indices of the events of some operations. */
export function eventsOf(...operations: readonly (Ended | Operation)[]): readonly number[] {
  const indices = operations.flatMap((one) =>
    'invocation' in one ? [one.invocation.index, one.completion.index] : [one.index],
  );
  return [...new Set(indices)].sort((a, b) => a - b);
}

export function fieldsOf(value: Json): Readonly<Record<string, Json>> {
  return isObject(value) ? value : {};
}

export function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}
