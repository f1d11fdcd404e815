import type { Bug } from './bug.js';

export const powerFailureLosesTail: Bug = {
  name: 'power-failure-loses-tail',
  summary: 'a disk says it has synced what a power failure takes',
  modelledOn: 'drives without barriers; NATS JetStream 2.12 after an OS crash (Jepsen, 2025)',
  behaviour: { disks: 'lying', killLoses: 'unsynced' },
  exposedBy: { workload: 'bank', options: {}, nemeses: ['kill'] },
  caughtBy: 'bank',
  kinds: ['lost'],
};
