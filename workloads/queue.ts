import { z } from 'zod';
import { linearizable } from '../checkers/linearizability/linearizability.js';
import { queue as queueModel } from '../checkers/models/queue.js';
import { queue as queueChecker } from '../checkers/queue.js';
import { totalQueue } from '../checkers/total-queue.js';
import { whereLinearizable } from '../checkers/where-linearizable.js';
import type { QueueSession } from '../docker/system.js';
import { eachThread, fromState } from '../harness/generator/combinators.js';
import type { Generator } from '../harness/generator/generator.js';
import type { Completion, Invocation } from '../harness/history/operation.js';
import { share } from './option-types.js';
import { drain } from './queue/drain.js';
import type { Client, Workload, WorkloadContext } from './workload.js';

const options = z.object({
  delivery: z
    .enum(['claimed', 'at-least-once', 'exactly-once'])
    .default('claimed')
    .describe(
      'whether an element may come out twice: at-least-once allows it, claimed asks the consistency model, of which those ' +
        'with one order of operations (serializable, sequential and stronger) forbid it',
    ),
  enqueueShare: share().default(0.48).describe('share of enqueues; a little under half keeps the queue short'),
  drained: z
    .enum(['observed', 'assumed'])
    .default('observed')
    .describe(
      'observed: an element that never came out is lost if the queue was found empty after it; assumed: for queues that ' +
        'cannot tell, what the final dequeues leave is lost',
    ),
});

/** One queue of unique elements. In the end it is drained: what was acknowledged has to come out, in order where claimed. */
export const queue: Workload = {
  name: 'queue',
  summary: 'enqueues and dequeues, then a drain: nothing lost, nothing twice, nothing from nowhere, first in first out',
  options,
  operations: ['enqueue', 'dequeue'],
  clients: {
    queue: {
      setUp: () => Promise.resolve(),
      client: (session, { keyspace }) => new QueueClient(session, keyspace),
    },
  },
  generator: queueGenerator,
  finalGenerator: () => eachThread(drain({ f: 'dequeue', value: null })),
  checkers: () => [
    { checker: totalQueue, required: true },
    { checker: queueChecker, required: true },
    // The order, where it is promised; may run out of its budget.
    { checker: whereLinearizable(linearizable(queueModel)), required: false },
  ],
};

class QueueClient implements Client {
  constructor(
    private readonly session: QueueSession,
    private readonly keyspace: string,
  ) {}

  async invoke({ f, value }: Invocation): Promise<Completion> {
    if (f === 'enqueue') {
      await this.session.enqueue(this.keyspace, String(value));
      return { type: 'ok', value };
    }
    const element = await this.session.dequeue(this.keyspace);
    // Null is an observation, too: the queue was empty.
    return { type: 'ok', value: element === undefined ? null : /^\d{1,15}$/.test(element) ? Number(element) : element };
  }
}

function queueGenerator(context: WorkloadContext): Generator {
  const { enqueueShare } = options.parse(context.options);
  return fromState<number>(
    {
      initial: 1,
      next: (element, dice) =>
        dice.chance(enqueueShare)
          ? [{ f: 'enqueue', value: element }, element + 1]
          : [{ f: 'dequeue', value: null }, element],
    },
    context.random,
  );
}
