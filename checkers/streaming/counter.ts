import type { Operation } from '../../harness/history/operation.js';
import type { Anomaly, StreamingChecker } from '../checker.js';
import { type Ended, eventsOf, isCount, type Watcher, watching, who } from './watch.js';

interface Bound {
  /** The most that the additions so far can add up to: positive ones once invoked, negative ones once acknowledged. */
  most: number;
}

/**
 * Counters: totals above what all additions can give. Totals that are too low may be old, or lost where the model allows
 * that: those are for the check of the whole. Memory: two numbers by key, and one by open read.
 */
export function streamCounter(): StreamingChecker {
  return watching(new CounterWatch());
}

class CounterWatch implements Watcher {
  private readonly counters = new Map<string | undefined, Bound>();
  /** What was acknowledged below zero since a read began lowers nothing for it. */
  private readonly loweredSince = new Map<
    Operation['process'],
    { lowered: number; readonly key: string | undefined }
  >();

  invoked({ f, key, value, process }: Operation): undefined {
    if (f === 'read') this.loweredSince.set(process, { lowered: 0, key });
    if (f === 'add' && isCount(value) && value > 0) this.of(key).most += value;
  }

  failed({ invocation: { f, key, value, process } }: Ended): undefined {
    this.loweredSince.delete(process);
    if (f === 'add' && isCount(value) && value > 0) this.of(key).most -= value;
  }

  unknown({ invocation: { process } }: Ended): undefined {
    this.loweredSince.delete(process);
  }

  ok(operation: Ended): Anomaly | undefined {
    const { invocation, completion } = operation;
    const { f, key, process } = invocation;
    if (f === 'add') {
      if (!isCount(invocation.value) || invocation.value >= 0) return undefined;
      this.of(key).most += invocation.value;
      for (const read of this.loweredSince.values()) if (read.key === key) read.lowered -= invocation.value;
      return undefined;
    }
    const lowered = this.loweredSince.get(process)?.lowered ?? 0;
    this.loweredSince.delete(process);
    if (f !== 'read' || !isCount(completion.value)) return undefined;
    const most = this.of(key).most + lowered;
    if (completion.value <= most) return undefined;
    return {
      kind: 'counter-out-of-bounds',
      sentence: `The read by ${who(completion)} shows ${completion.value}; all additions so far give ${most} at most.`,
      operations: eventsOf(operation),
      details: { streaming: true },
    };
  }

  private of(key: string | undefined): Bound {
    let bound = this.counters.get(key);
    if (bound === undefined) this.counters.set(key, (bound = { most: 0 }));
    return bound;
  }
}
