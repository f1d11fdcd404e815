import type { Bug } from './bug.js';

export const lostUpdateOnFailover: Bug = {
  name: 'lost-update-on-failover',
  summary: 'a node is elected although its log lacks writes that a majority confirmed',
  modelledOn: "Elasticsearch 1.1 and MongoDB 2.4's elections (Jepsen, 2013 and 2014): updates lost on failover",
  behaviour: { votesFor: 'anyone' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['partition', 'kill'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
