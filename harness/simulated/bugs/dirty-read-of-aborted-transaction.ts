import type { Bug } from './bug.js';

export const dirtyReadOfAbortedTransaction: Bug = {
  name: 'dirty-read-of-aborted-transaction',
  summary: 'reads see the writes of a transaction that is not decided yet and then aborts',
  modelledOn: "MySQL's read uncommitted; Dgraph 1.0 (Jepsen, 2018)",
  behaviour: { visible: 'proposed' },
  exposedBy: { workload: 'append', options: { activeKeys: 3 }, nemeses: [] },
  caughtBy: 'list-append',
  kinds: ['G1a'],
};
