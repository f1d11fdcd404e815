import type { Bug } from './bug.js';

export const outOfOrderDequeue: Bug = {
  name: 'out-of-order-dequeue',
  summary: 'a queue is kept as two, each with an order of its own',
  modelledOn:
    'topics of several partitions, as in Kafka, taken for one queue; reordered offsets in Redpanda 21.10 (Jepsen, 2022)',
  behaviour: { queues: 'sharded' },
  exposedBy: { workload: 'queue', options: {}, nemeses: [] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
