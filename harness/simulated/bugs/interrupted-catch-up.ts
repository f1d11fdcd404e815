import type { Bug } from './bug.js';

export const interruptedCatchUp: Bug = {
  name: 'interrupted-catch-up',
  summary: 'a node that is killed while it catches up takes what it still lacked for done when it is back',
  modelledOn: "etcd 3.5.0's consistent index (2022): killed while applying, a member skips entries for ever",
  behaviour: { catchesUp: 'skipping' },
  exposedBy: { workload: 'bank', options: {}, nemeses: ['kill', 'crash-loop'] },
  caughtBy: 'bank',
  kinds: ['lost', 'wrong-total'],
};
