import { SessionError, type QueueSession } from '../../docker/system.js';
import type { Fake, FakeTools } from './fake.js';

/** Ways in which a queue can be wrong. */
export type QueueBug = 'lost elements' | 'duplicate delivery' | 'out of order' | 'elements from nowhere';

export interface FakeQueueOptions extends FakeTools {
  readonly bug?: QueueBug;
}

/** Queues in memory, first in, first out, or not quite. */
export class FakeQueue implements Fake<'queue'> {
  private readonly queues = new Map<string, string[]>();

  constructor(private readonly options: FakeQueueOptions) {}

  session(): QueueSession {
    return {
      enqueue: (queue, element) =>
        this.call(() => {
          if (!this.buggy('lost elements')) this.elements(queue).push(element);
        }),
      dequeue: (queue) => this.call(() => this.take(this.elements(queue))),
      close: () => Promise.resolve(),
    };
  }

  private elements(queue: string): string[] {
    const elements = this.queues.get(queue) ?? [];
    this.queues.set(queue, elements);
    return elements;
  }

  private take(elements: string[]): string | undefined {
    const at = this.buggy('out of order') ? Math.floor(elements.length / 2) : 0;
    const [taken] = elements.splice(at, 1) as [string | undefined];
    if (taken !== undefined && this.buggy('duplicate delivery')) elements.unshift(taken);
    return taken !== undefined && this.buggy('elements from nowhere') ? `${taken}999` : taken;
  }

  private async call<T>(work: () => T): Promise<T> {
    const { dice, turn, unknownShare = 0 } = this.options;
    await turn();
    const unknown = dice.chance(unknownShare);
    if (unknown && dice.chance(0.5)) throw new SessionError('info', 'timeout', 'no answer');
    const result = work();
    await turn();
    if (unknown) throw new SessionError('info', 'timeout', 'no answer');
    return result;
  }

  private buggy(bug: QueueBug): boolean {
    const { options } = this;
    return options.bug === bug && options.dice.chance(options.bugShare ?? 1);
  }
}
