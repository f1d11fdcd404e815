import type { Bug } from './bug.js';

export const lockHeldTwiceAfterPause: Bug = {
  name: 'lock-held-twice-after-pause',
  summary: 'the lock of a client whose node is silent for a moment goes to another, and nobody tells the first',
  modelledOn: "etcd 3.4.3's locks (Jepsen, 2020): tied to a lease, they exclude nobody once a process was paused",
  behaviour: { locks: 'leased' },
  exposedBy: { workload: 'lock', options: { locks: 4 }, nemeses: ['pause'], rateHz: 10 },
  caughtBy: 'lock',
  kinds: ['lock-held-twice'],
};
