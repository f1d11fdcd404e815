import type { Bug } from './bug.js';

export const lostQueueElement: Bug = {
  name: 'lost-queue-element',
  summary: 'a node takes several elements out of a queue and keeps them in memory, where its death finds them',
  modelledOn: 'consumers that acknowledge what they prefetch; acknowledged messages lost by RabbitMQ (Jepsen, 2014)',
  behaviour: { queues: 'prefetched' },
  exposedBy: { workload: 'queue', options: {}, nemeses: ['kill'] },
  caughtBy: 'total-queue',
  kinds: ['lost'],
};
