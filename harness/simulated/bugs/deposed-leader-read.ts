import type { Bug } from './bug.js';

export const deposedLeaderRead: Bug = {
  name: 'deposed-leader-read',
  summary: 'a leader that was replaced does not know it yet and answers reads from its old state',
  modelledOn: "RethinkDB's and Consul's default reads (Jepsen, 2014 and 2016): the leader does not ask a majority",
  behaviour: { reads: 'leader', leadership: 'unchecked' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['partition'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
