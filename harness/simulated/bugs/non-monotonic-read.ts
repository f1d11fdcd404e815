import type { Bug } from './bug.js';

export const nonMonotonicRead: Bug = {
  name: 'non-monotonic-read',
  summary: 'reads are spread over all replicas, so that a client sees the past after the present',
  modelledOn: "MongoDB secondary reads without causal sessions; DynamoDB's eventually consistent reads",
  behaviour: { reads: 'any-state' },
  exposedBy: { workload: 'register', options: { threadsPerKey: 10, operationsPerKey: 1000 }, nemeses: [] },
  caughtBy: 'session-guarantees',
  kinds: ['monotonic-reads', 'read-your-writes'],
};
