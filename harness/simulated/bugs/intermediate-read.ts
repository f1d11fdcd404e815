import type { Bug } from './bug.js';

export const intermediateRead: Bug = {
  name: 'intermediate-read',
  summary: 'the statements of a transaction take effect one after the other, for everybody to see',
  modelledOn: "Adya's G1b; dirty reads of transactions under way in VoltDB 6.3 (Jepsen, 2016)",
  behaviour: { commits: 'by-statement' },
  family: 'sql',
  exposedBy: { workload: 'append', options: {}, nemeses: [] },
  caughtBy: 'list-append',
  kinds: ['G1b'],
};
