import type { Bug } from './bug.js';

export const leaseReadUnderSkew: Bug = {
  name: 'lease-read-under-skew',
  summary: 'a leader trusts a lease that its clock, set or gone wrong, says is still good',
  modelledOn: 'leader leases under clock skew, as YugabyteDB 1.1.9 had them (Jepsen, 2019)',
  behaviour: { reads: 'lease', leadership: 'unchecked' },
  exposedBy: { workload: 'register', options: { threadsPerKey: 10 }, nemeses: ['clock', 'partition'], pace: 'quick' },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
