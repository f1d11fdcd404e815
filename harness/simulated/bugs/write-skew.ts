import type { Bug } from './bug.js';

export const writeSkew: Bug = {
  name: 'write-skew',
  summary: 'a transaction is checked against what it wrote, not against what it read',
  modelledOn: "snapshot isolation called serializable: Oracle; PostgreSQL 12.3's G2-item (Jepsen, 2020)",
  behaviour: { conditions: 'of-written-keys' },
  exposedBy: { workload: 'append', options: { activeKeys: 3, readOnlyShare: 0.1 }, nemeses: [] },
  caughtBy: 'list-append',
  kinds: ['G2-item'],
};
