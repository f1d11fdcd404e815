import type { Bug } from './bug.js';

export const dirtyReadOfAbortedTransaction: Bug = {
  name: 'dirty-read-of-aborted-transaction',
  summary: 'reads see the writes of a transaction that is not decided yet and then aborts',
  modelledOn: "MySQL's read uncommitted: Adya's G1a",
  behaviour: { visible: 'proposed' },
  exposedBy: { workload: 'append', options: { activeKeys: 3 }, nemeses: [] },
  caughtBy: 'list-append',
  kinds: ['G1a'],
};
