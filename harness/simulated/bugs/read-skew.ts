import type { Bug } from './bug.js';

export const readSkew: Bug = {
  name: 'read-skew',
  summary: 'the reads of one transaction go to different replicas, each with a state of its own',
  modelledOn: 'TiDB 2.1.7 (Jepsen, 2019): read skew under snapshot isolation',
  behaviour: { reads: 'each-key-anywhere' },
  exposedBy: { workload: 'bank', options: {}, nemeses: [] },
  caughtBy: 'bank',
  kinds: ['wrong-total'],
};
