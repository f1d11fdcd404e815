import type { Bug } from './bug.js';

export const splitBrain: Bug = {
  name: 'split-brain',
  summary: 'a minority that hears of nobody else counts itself as everybody, and both sides write',
  modelledOn: 'RabbitMQ and Elasticsearch under partitions (Jepsen, 2014); Galera with pc.ignore_quorum',
  behaviour: { quorum: 'reachable' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['partition'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
