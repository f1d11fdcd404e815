import type { Bug } from './bug.js';

export const uncommittedRead: Bug = {
  name: 'uncommitted-read',
  summary: 'the leader shows writes that no majority has, and that are undone when it is replaced',
  modelledOn: 'MongoDB 2.6 and 3.0: dirty reads of writes that are rolled back (Jepsen, 2015)',
  behaviour: { reads: 'leader', leadership: 'unchecked', visible: 'proposed' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['partition'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
