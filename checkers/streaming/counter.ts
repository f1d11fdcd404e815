import type { Json, Operation } from '../../harness/history/operation.js';
import type { Anomaly, StreamingChecker } from '../checker.js';
import { integerOf, plus } from '../../harness/history/values/numbers.js';
import { type Ended, eventsOf, type Watcher, watching, who } from './watch.js';

interface Bound {
  /** The most that the additions so far can add up to: positive ones once invoked, negative ones once acknowledged. */
  most: number | bigint;
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
    { lowered: number | bigint; readonly key: string | undefined }
  >();

  invoked({ f, key, value, process }: Operation): undefined {
    if (f === 'read') this.loweredSince.set(process, { lowered: 0, key });
    if (f === 'add') this.raise(key, positive(value));
  }

  failed({ invocation: { f, key, value, process } }: Ended): undefined {
    this.loweredSince.delete(process);
    if (f === 'add') this.raise(key, minus(positive(value)));
  }

  unknown({ invocation: { process } }: Ended): undefined {
    this.loweredSince.delete(process);
  }

  ok(operation: Ended): Anomaly | undefined {
    const { invocation, completion } = operation;
    const { f, key, process } = invocation;
    if (f === 'add') {
      const amount = integerOf(invocation.value) ?? 0;
      if (amount >= 0) return undefined;
      this.raise(key, amount);
      for (const read of this.loweredSince.values()) {
        if (read.key === key) read.lowered = plus(read.lowered, minus(amount));
      }
      return undefined;
    }
    const lowered = this.loweredSince.get(process)?.lowered ?? 0;
    this.loweredSince.delete(process);
    const total = integerOf(completion.value);
    if (f !== 'read' || total === undefined) return undefined;
    const most = plus(this.of(key).most, lowered);
    if (total <= most) return undefined;
    return {
      kind: 'counter-out-of-bounds',
      sentence: `The read by ${who(completion)} shows ${total}; all additions so far give ${most} at most.`,
      operations: eventsOf(operation),
      details: { streaming: true },
    };
  }

  private raise(key: string | undefined, amount: number | bigint): void {
    const bound = this.of(key);
    bound.most = plus(bound.most, amount);
  }

  private of(key: string | undefined): Bound {
    let bound = this.counters.get(key);
    if (bound === undefined) this.counters.set(key, (bound = { most: 0 }));
    return bound;
  }
}

function positive(value: Json): number | bigint {
  const amount = integerOf(value) ?? 0;
  return amount > 0 ? amount : 0;
}

function minus(amount: number | bigint): number | bigint {
  return typeof amount === 'number' ? 0 - amount : -amount;
}
