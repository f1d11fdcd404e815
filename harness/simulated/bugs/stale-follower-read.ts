import type { Bug } from './bug.js';

export const staleFollowerRead: Bug = {
  name: 'stale-follower-read',
  summary: 'a follower answers reads from its own state, which lags behind',
  modelledOn: "Consul and etcd before linearizable reads (Jepsen, 2014); etcd's serializable reads",
  behaviour: { reads: 'own-state' },
  exposedBy: { workload: 'register', options: {}, nemeses: [] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
