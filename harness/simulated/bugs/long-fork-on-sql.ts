import type { Bug } from './bug.js';

export const longForkOnSql: Bug = {
  name: 'long-fork-on-sql',
  summary: 'half of the rows become visible late on one replica, the other half on another',
  modelledOn: 'Amazon RDS for PostgreSQL multi-AZ clusters (Jepsen, 2025): commits visible in different orders',
  behaviour: { isolation: 'snapshot', reads: 'forked-state' },
  family: 'sql',
  exposedBy: { workload: 'long-fork', options: {}, nemeses: [] },
  caughtBy: 'long-fork',
  kinds: ['long-fork'],
};
