import type { Bug } from './bug.js';

export const writeSkewOnSql: Bug = {
  name: 'write-skew-on-sql',
  summary: 'transactions asked to be serializable get snapshots: what they read may change before they commit',
  modelledOn: "Oracle's serializable, which is snapshot isolation (Fekete and others, 2005)",
  behaviour: { isolation: 'snapshot' },
  family: 'sql',
  exposedBy: { workload: 'write-skew', options: {}, nemeses: [] },
  caughtBy: 'write-skew',
  kinds: ['G2'],
};
