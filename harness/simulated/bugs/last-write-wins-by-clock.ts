import type { Bug } from './bug.js';

export const lastWriteWinsByClock: Bug = {
  name: 'last-write-wins-by-clock',
  summary: 'the clock of the node that was asked decides which write is the last',
  modelledOn: "Cassandra's and Riak's last-write-wins (Jepsen, 2013): acknowledged writes vanish under skew",
  behaviour: { order: 'clock-timestamps' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['clock'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
