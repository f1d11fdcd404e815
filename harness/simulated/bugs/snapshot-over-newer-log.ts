import type { Bug } from './bug.js';

export const snapshotOverNewerLog: Bug = {
  name: 'snapshot-over-newer-log',
  summary: 'a restarted node restores its last snapshot and drops the log after it',
  modelledOn: 'RedisRaft (Jepsen, 2020): a stale snapshot replaces acknowledged writes',
  behaviour: { restoresFrom: 'snapshot' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['kill'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
