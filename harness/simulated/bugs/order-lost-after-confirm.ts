import type { Bug } from './bug.js';

export const orderLostAfterConfirm: Bug = {
  name: 'order-lost-after-confirm',
  summary: 'the leader confirms what it alone has, and followers get it later',
  modelledOn: "Redis Sentinel and MySQL's asynchronous replication: confirmed orders are lost on failover",
  behaviour: { reads: 'leader', acknowledges: 'proposed', replicates: 'in-batches' },
  exposedBy: { workload: 'inventory', options: {}, nemeses: ['kill', 'partition'] },
  caughtBy: 'inventory',
  kinds: ['lost-order'],
};
