import type { Bug } from './bug.js';

export const dirtyReadOnSql: Bug = {
  name: 'dirty-read-on-sql',
  summary: 'transactions see the rows of others that are not committed, and may never be',
  modelledOn: 'read uncommitted as the SQL standard allows it; VoltDB 6.3 (Jepsen, 2016)',
  behaviour: { isolation: 'read-uncommitted' },
  family: 'sql',
  exposedBy: { workload: 'append', options: {}, nemeses: [] },
  caughtBy: 'list-append',
  kinds: ['G1a'],
};
