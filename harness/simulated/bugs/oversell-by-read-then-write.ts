import type { Bug } from './bug.js';

export const oversellByReadThenWrite: Bug = {
  name: 'oversell-by-read-then-write',
  summary: 'whether stock is left is checked first and taken later',
  modelledOn: 'the check-then-act of shops at read committed (Warszawski and Bailis, ACIDRain, 2017)',
  behaviour: { checksEarly: 'revision' },
  exposedBy: { workload: 'inventory', options: { skus: 2 }, nemeses: [] },
  caughtBy: 'inventory',
  kinds: ['oversold'],
};
