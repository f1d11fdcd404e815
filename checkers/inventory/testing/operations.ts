import type { History } from '../../../harness/history/history.js';
import type { Json } from '../../../harness/history/operation.js';
import { NEVER, type TimedOperation } from '../../linearizability/partition.js';

const READS = ['read', 'stock-take', 'book'];

/** The operations of a history for the oracle: inputs carry their article. */
export function operationsOf(history: History): readonly TimedOperation[] {
  const operations: TimedOperation[] = [];
  for (let invocation = 0; invocation < history.length; invocation++) {
    const { type, f, value, key } = history.event(invocation);
    if (type !== 'invoke') continue;
    const completion = history.columns.pairs[invocation];
    const done = completion < 0 ? undefined : history.event(completion);
    if (done?.type === 'fail' || (done?.type !== 'ok' && READS.includes(f))) continue;
    const input = key === undefined ? value : { ...(value as Readonly<Record<string, Json>> | null), sku: key };
    const output = done?.type === 'ok' ? done.value : undefined;
    const returnAt = output === undefined ? NEVER : completion;
    operations.push({ operation: { f, input, output }, invokeAt: invocation, returnAt, invocation, completion });
  }
  return operations;
}
