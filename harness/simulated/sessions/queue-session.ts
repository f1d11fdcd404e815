import type { QueueSession } from '../../../docker/system.js';
import { SimulatedSession } from './session.js';

/** Queues, first in first out. An element is taken and acknowledged in one step of the log. */
export class SimulatedQueueSession extends SimulatedSession implements QueueSession {
  async enqueue(queue: string, element: string): Promise<void> {
    await this.ask({ kind: 'queue', queue, action: { kind: 'enqueue', element, shard: 0 } });
  }

  async dequeue(queue: string): Promise<string | undefined> {
    const taken = await this.ask({ kind: 'queue', queue, action: { kind: 'take', count: 1, shard: 0 } });
    return taken.at(0);
  }
}
