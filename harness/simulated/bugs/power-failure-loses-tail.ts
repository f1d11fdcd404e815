import type { Bug } from './bug.js';

export const powerFailureLosesTail: Bug = {
  name: 'power-failure-loses-tail',
  summary: 'a disk says it has synced what a power failure takes',
  modelledOn: 'drives without barriers; NATS JetStream 2.12 after an OS crash (Jepsen, 2025)',
  behaviour: { disks: 'lying' },
  exposedBy: { workload: 'bank', options: {}, nemeses: ['power-loss'] },
  caughtBy: 'bank',
  kinds: ['lost'],
};
