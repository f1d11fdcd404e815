import type { Bug } from './bug.js';

export const hastyNewLeader: Bug = {
  name: 'hasty-new-leader',
  summary: 'a leader just elected confirms writes at once, until its followers have agreed to its first entry',
  modelledOn:
    "MongoDB's elections before protocol version 1 (Jepsen, 2017): writes confirmed by a primary too young to last",
  behaviour: { acknowledges: 'proposed-at-first' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['partition', 'kill'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
