import type { Bug } from './bug.js';

export const forgottenQuorum: Bug = {
  name: 'forgotten-quorum',
  summary: 'a node that joins believes in a cluster of two, itself and who let it in, and two decide for five',
  modelledOn: "RethinkDB 2.2.3's reconfiguration (Jepsen, 2016): membership forgotten, writes lost",
  behaviour: { quorum: 'forgotten' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['membership', 'partition'], pace: 'quick' },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
