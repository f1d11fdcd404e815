import type { Bug } from './bug.js';

export const doubleApplyOnRetry: Bug = {
  name: 'double-apply-on-retry',
  summary: 'a node sends a request again when the answer is slow, and it is carried out twice',
  modelledOn: 'CockroachDB beta (Jepsen, 2017): statements carried out twice by an automatic retry',
  behaviour: { retries: 'blindly' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['pause', 'partition'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
