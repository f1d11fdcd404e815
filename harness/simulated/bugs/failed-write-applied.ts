import type { Bug } from './bug.js';

export const failedWriteApplied: Bug = {
  name: 'failed-write-applied',
  summary: 'a leader that steps down says that writes failed which are committed later',
  modelledOn: 'timeouts reported as failures, as by clients of etcd 3.4.3 (Jepsen, 2020)',
  behaviour: { onLeaderLoss: 'failed' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['partition', 'pause'] },
  caughtBy: 'session-guarantees',
  kinds: ['aborted-read'],
};
