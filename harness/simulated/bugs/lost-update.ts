import type { Bug } from './bug.js';

export const lostUpdate: Bug = {
  name: 'lost-update',
  summary: 'compare-and-set compares when it is proposed, not when it is applied',
  modelledOn: 'read committed in most SQL databases: two updates from the same value (Warszawski and Bailis, 2017)',
  behaviour: { checksEarly: 'value' },
  exposedBy: { workload: 'register', options: { threadsPerKey: 10 }, nemeses: [] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
