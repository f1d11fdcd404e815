import type { Bug } from './bug.js';

export const tornMultiKeyWrite: Bug = {
  name: 'torn-multi-key-write',
  summary: 'the writes of a transaction are applied one after the other, visibly',
  modelledOn: 'Dgraph 1.0.2 (Jepsen, 2018): transactions seen in part, balances without their total',
  behaviour: { transactions: 'torn' },
  exposedBy: { workload: 'bank', options: {}, nemeses: [] },
  caughtBy: 'bank',
  kinds: ['wrong-total'],
};
