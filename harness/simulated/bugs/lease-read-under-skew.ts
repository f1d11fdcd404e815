import type { Bug } from './bug.js';

export const leaseReadUnderSkew: Bug = {
  name: 'lease-read-under-skew',
  summary: 'a leader trusts a lease that its slow clock says is still good',
  modelledOn: 'lease reads of YugabyteDB and TiDB under clock skew',
  behaviour: { reads: 'lease', leadership: 'unchecked', clocks: 'skewed' },
  exposedBy: { workload: 'append', options: { activeKeys: 3, readOnlyShare: 0.9 }, nemeses: ['partition'] },
  caughtBy: 'list-append',
  kinds: ['G-single-item-realtime'],
};
