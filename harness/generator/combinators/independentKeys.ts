import type { Operation } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step, Thread } from '../generator.js';
import { DONE, wait } from '../generator.js';
import { ThreadSet, ThreadView } from '../threads.js';
import { onKey } from './tagged.js';

/** A test on many independent objects, one generator a key. */
export interface IndependentKeys {
  /** Key number `index`, from 0; undefined when there are no more. */
  readonly key: (index: number) => string | undefined;
  /** What happens on one key; must end (see {@link limit}) for the next key to get its turn. */
  readonly generator: (key: string) => Generator;
}

/** One key after the other, on all threads. */
export function sequentialKeys(keys: IndependentKeys): Generator {
  return new Keys(keys, Number.POSITIVE_INFINITY, [], 0, 0);
}

/**
 * Several keys at once: threads form groups of `threadsPerKey` (the last may be smaller), and each group takes the
 * next key that nobody had, whenever it is done with one.
 */
export function concurrentKeys(threadsPerKey: number, keys: IndependentKeys): Generator {
  return new Keys(keys, threadsPerKey, [], 0, 0);
}

interface Group {
  readonly threads: ThreadSet;
  /** Undefined when no key is left for it. */
  readonly generator: Generator | undefined;
}

class Keys implements Generator {
  constructor(
    private readonly keys: IndependentKeys,
    private readonly threadsPerKey: number,
    /** Empty until first asked. */
    private readonly groups: readonly Group[],
    private readonly nextKey: number,
    /** The group asked first, so that none starves. */
    private readonly first: number,
  ) {}

  next(context: GeneratorContext): Step {
    let groups = this.groups.length > 0 ? this.groups : this.grouped(context.threads);
    let nextKey = this.groups.length > 0 ? this.nextKey : groups.length;
    let untilTime = Number.POSITIVE_INFINITY;
    let waiting = false;
    for (let offset = 0; offset < groups.length; offset++) {
      const index = (this.first + offset) % groups.length;
      const { threads } = groups[index];
      let { generator } = groups[index];
      while (generator !== undefined) {
        const step: Step = generator.next(new ThreadView(context, threads));
        if (step.kind === 'emit') {
          const first = (index + 1) % groups.length;
          const next = this.with(groups.with(index, { threads, generator: step.next }), nextKey, first);
          return { kind: 'emit', emitted: step.emitted, next };
        }
        if (step.kind === 'wait') {
          waiting = true;
          untilTime = Math.min(untilTime, step.untilTime ?? Number.POSITIVE_INFINITY);
          generator = step.next;
          break;
        }
        generator = this.generatorFor(nextKey++);
      }
      if (generator !== groups[index].generator) groups = groups.with(index, { threads, generator });
    }
    if (!waiting) return DONE;
    return wait(this.with(groups, nextKey, this.first), Number.isFinite(untilTime) ? untilTime : undefined);
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const thread = context.threadOf(event.process);
    const index = this.groups.findIndex((group) => group.threads.has(thread));
    if (index < 0) return this;
    const { threads, generator } = this.groups[index];
    // An event of the key that the group had before does not reach the new one: `onKey` tells them apart.
    const updated = generator?.update(new ThreadView(context, threads), event);
    if (updated === generator) return this;
    return this.with(this.groups.with(index, { threads, generator: updated }), this.nextKey, this.first);
  }

  private grouped(threads: readonly Thread[]): readonly Group[] {
    const size = Math.min(this.threadsPerKey, Math.max(1, threads.length));
    return Array.from({ length: Math.ceil(threads.length / size) }, (_, index) => ({
      threads: new ThreadSet(threads.slice(index * size, (index + 1) * size)),
      generator: this.generatorFor(index),
    }));
  }

  private generatorFor(index: number): Generator | undefined {
    const key = this.keys.key(index);
    return key === undefined ? undefined : onKey(key, this.keys.generator(key));
  }

  private with(groups: readonly Group[], nextKey: number, first: number): Keys {
    return groups === this.groups ? this : new Keys(this.keys, this.threadsPerKey, groups, nextKey, first);
  }
}
