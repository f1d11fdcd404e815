import type { Bug } from './bug.js';

export const failedWriteApplied: Bug = {
  name: 'failed-write-applied',
  summary: 'a leader that steps down says that writes failed which are committed later',
  modelledOn: "etcd's and RavenDB's indefinite errors taken for definite ones",
  behaviour: { onLeaderLoss: 'failed' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['partition', 'pause'] },
  caughtBy: 'session-guarantees',
  kinds: ['aborted-read'],
};
