import type { Bug } from './bug.js';

export const duplicateDelivery: Bug = {
  name: 'duplicate-delivery',
  summary: 'an element is handed out before its removal is agreed upon, and to others until then',
  modelledOn: "RabbitMQ's redelivery when a queue serves as a lock (Jepsen, 2014): one message, two consumers",
  behaviour: { queues: 'handed-out-first' },
  exposedBy: { workload: 'queue', options: {}, nemeses: [] },
  caughtBy: 'queue',
  kinds: ['duplicated'],
};
