import type { Bug } from './bug.js';

export const timestampReuseAfterRestart: Bug = {
  name: 'timestamp-reuse-after-restart',
  summary: 'a new leader hands out timestamps again that were used, and its writes lose against older ones',
  modelledOn: "timestamp oracles after Percolator's, when their high-water mark is lost",
  behaviour: { order: 'restarting-timestamps' },
  exposedBy: { workload: 'register', options: {}, nemeses: ['kill', 'partition'] },
  caughtBy: 'linearizable',
  kinds: ['nonlinearizable'],
};
