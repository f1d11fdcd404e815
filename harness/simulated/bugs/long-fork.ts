import type { Bug } from './bug.js';

export const longFork: Bug = {
  name: 'long-fork',
  summary: 'two replicas apply independent writes in different orders, and readers disagree',
  modelledOn: 'parallel snapshot isolation: Walter; Dgraph and Amazon RDS for PostgreSQL multi-AZ (Jepsen, 2025)',
  behaviour: { reads: 'forked-state' },
  exposedBy: { workload: 'append', options: {}, nemeses: [] },
  caughtBy: 'list-append',
  kinds: ['G-nonadjacent-item'],
};
