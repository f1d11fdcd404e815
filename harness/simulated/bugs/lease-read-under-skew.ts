import type { Bug } from './bug.js';

export const leaseReadUnderSkew: Bug = {
  name: 'lease-read-under-skew',
  summary: 'a leader trusts a lease that its slow clock says is still good',
  modelledOn: 'leader leases under clock skew, as YugabyteDB 1.1.9 had them (Jepsen, 2019)',
  behaviour: { reads: 'lease', leadership: 'unchecked', clocks: 'skewed' },
  exposedBy: { workload: 'append', options: { activeKeys: 3, readOnlyShare: 0.9 }, nemeses: ['partition'] },
  caughtBy: 'list-append',
  kinds: ['G-single-item-realtime'],
};
