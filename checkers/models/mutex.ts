import type { Model } from '../model.js';

/** A lock that one may hold: acquire when free, release when held. Who releases is not looked at, as in Jepsen. */
export const mutex: Model<boolean> = {
  name: 'mutex',
  summary: 'acquire and release one lock',
  operations: ['acquire', 'release'],
  initial: (options) => options['initial'] === 'held',
  initialValue: { default: 'free', what: '"held" or "free"', accepts: (value) => value === 'held' || value === 'free' },
  step: (held, { f }) => (f === (held ? 'release' : 'acquire') ? !held : undefined),
  key: String,
  isRead: () => false,
  describe: ({ f }) => f,
  describeState: (held) => (held ? 'held' : 'free'),
};
