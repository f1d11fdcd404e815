import type { Bug } from './bug.js';

export const acknowledgedWhenDeposed: Bug = {
  name: 'acknowledged-when-deposed',
  summary: 'a leader that steps down answers ok to writes that it could not commit',
  modelledOn: 'Elasticsearch 1.1 and Aerospike (Jepsen, 2015): success although the primary was gone',
  behaviour: { onLeaderLoss: 'succeeded' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['partition'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
