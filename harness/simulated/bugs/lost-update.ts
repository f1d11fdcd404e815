import type { Bug } from './bug.js';

export const lostUpdate: Bug = {
  name: 'lost-update',
  summary: 'compare-and-set compares when it is proposed, not when it is applied',
  modelledOn: "Percona XtraDB and PostgreSQL's read committed: two updates from the same value",
  behaviour: { checksEarly: 'value' },
  exposedBy: { workload: 'register', options: { threadsPerKey: 10 }, nemeses: [] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
