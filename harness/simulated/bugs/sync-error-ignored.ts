import type { Bug } from './bug.js';

export const syncErrorIgnored: Bug = {
  name: 'sync-error-ignored',
  summary: 'a node whose disk fails goes on as if what it wrote were on it',
  modelledOn:
    'PostgreSQL before 12 (2018): after a failed fsync the next one succeeds, and what was lost is never missed',
  behaviour: { syncErrors: 'ignored' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['disk-errors'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
