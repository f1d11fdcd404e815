import type { Model } from '../model.js';
import { natural } from '../option-rules.js';

/** Permits: acquire takes one, release gives one back. Option `permits` (default 1). */
export const semaphore: Model<{ readonly free: number; readonly permits: number }> = {
  name: 'semaphore',
  summary: 'acquire and release one of several permits; option permits (default 1)',
  operations: ['acquire', 'release'],
  options: { permits: natural },
  initial: (options) => {
    const permits = typeof options['permits'] === 'number' ? options['permits'] : 1;
    return { free: permits, permits };
  },
  step: ({ free, permits }, { f }) => {
    const after = f === 'acquire' ? free - 1 : free + 1;
    return after < 0 || after > permits ? undefined : { free: after, permits };
  },
  key: ({ free }) => String(free),
  isRead: () => false,
  describe: ({ f }) => f,
  describeState: ({ free, permits }) => `${free} of ${permits} free`,
};
