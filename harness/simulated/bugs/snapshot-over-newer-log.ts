import type { Bug } from './bug.js';

export const snapshotOverNewerLog: Bug = {
  name: 'snapshot-over-newer-log',
  summary: 'a restarted node restores its last snapshot and drops the log after it',
  modelledOn: 'Redis-Raft 1b3fbf6 (Jepsen, 2020): a failover that loses all data; logs cut off by older snapshots',
  behaviour: { restoresFrom: 'snapshot' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['kill'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
