import type { Bug } from './bug.js';

export const forgottenQuorum: Bug = {
  name: 'forgotten-quorum',
  summary: 'a node that restarted believes in a configuration of two, and two decide for five',
  modelledOn: "RethinkDB 2.2.3's reconfiguration (Jepsen, 2016): membership forgotten, writes lost",
  behaviour: { quorum: 'forgotten' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['kill', 'partition'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
