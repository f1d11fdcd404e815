import type { Bug } from './bug.js';

export const lostUpdateOnSql: Bug = {
  name: 'lost-update-on-sql',
  summary:
    'transactions get read committed, whatever they ask for: two compute from the same value, one update is gone',
  modelledOn: "MySQL's repeatable read, which loses updates (Jepsen, 2023)",
  behaviour: { isolation: 'read-committed' },
  family: 'sql',
  exposedBy: { workload: 'wr', options: {}, nemeses: [] },
  caughtBy: 'rw-register',
  kinds: ['lost-update'],
};
