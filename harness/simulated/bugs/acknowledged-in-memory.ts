import type { Bug } from './bug.js';

export const acknowledgedInMemory: Bug = {
  name: 'acknowledged-in-memory',
  summary: 'nodes say that they have a write which they will sync to their disks within a second',
  modelledOn: "Redis' appendfsync everysec; Elasticsearch's translog in 2014; NATS JetStream 2.12 (Jepsen, 2025)",
  behaviour: { syncs: 'in-background', killLoses: 'unsynced' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['kill'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
