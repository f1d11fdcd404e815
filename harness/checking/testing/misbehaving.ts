import type { Checker, Verdict } from '../../../checkers/checker.js';
import type { CheckerSource } from '../source.js';

const ANOMALY = { kind: 'planted', sentence: 'It is certain.', operations: [0, 1] } as const;
const GOOD: Verdict = { validity: 'valid', anomalies: [], details: {}, checked: ['all'], notChecked: [] };

/** Checkers as they should not be, by name. */
const CHECKERS: Readonly<Record<string, Checker['check']>> = {
  honest: () => GOOD,
  loops: () => forEver(() => undefined),
  'tells and loops': (_, context) => {
    context.certain?.(ANOMALY);
    return forEver(() => undefined);
  },
  'fills the heap': () => {
    const kept: unknown[] = [];
    return forEver(() => kept.push({ one: Math.random(), more: `${Math.random()}` }));
  },
  'fills memory beside the heap': () => {
    const kept: unknown[] = [];
    return forEver(() => kept.push(new Uint8Array(1024 * 1024).fill(kept.length)));
  },
  waits: () => new Promise<Verdict>(() => undefined),
  throws: () => {
    throw new Error('index out of range');
  },
  ends: () => process.exit(3),
  cancelled: (_, { signal }) =>
    new Promise<Verdict>((resolve) => {
      signal?.addEventListener('abort', () => resolve({ ...GOOD, checked: ['until it was cancelled'] }));
    }),
  'tells what it does': (history, context) => {
    context.progress?.('counting');
    return { ...GOOD, details: { length: history.length } };
  },
};

function forEver(step: () => unknown): Verdict {
  for (;;) step();
}

/** Finds them in a thread, as the registry does its own. */
export function checkerOf(source: CheckerSource): Promise<Checker> {
  const { name } = source;
  return Promise.resolve({ name, summary: name, check: CHECKERS[name] });
}
