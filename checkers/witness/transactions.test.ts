import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../harness/history/formats/read.js';
import { Random } from '../../harness/kit/random.js';
import { UNLIMITED } from '../checker.js';
import { listAppend, rwRegister } from '../cycles/cycles.js';
import { historyOf, smallHistory } from '../cycles/oracle.js';
import { inject, simulate } from '../cycles/simulated-store.js';
import { TEMPLATES } from '../cycles/templates.js';
import { defectsOf } from './testing/defects.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const corpus = fileURLToPath(new URL('../corpus/', import.meta.url));
const LEVELS = [
  'strict-serializable',
  'serializable',
  'snapshot-isolation',
  'read-committed',
  'read-atomic',
  'causal-cerone',
];

describe.each([
  ['la-', listAppend],
  ['rw-', rwRegister],
] as const)('witnesses of %s', (prefix, checker) => {
  const files = readdirSync(corpus).filter((file) => file.startsWith(prefix) && file.endsWith('.jsonl'));

  it.each(files)('%s', async (file) => {
    const { history } = await readHistory(join(corpus, file));
    for (const consistency of LEVELS) {
      const verdict = await checker.check(history, { budget: UNLIMITED, options: {}, consistency });
      expect(defectsOf(verdict, history, checker.name)).toEqual([]);
    }
  });
});

describe('witnesses of random violations', () => {
  const options = fc.record(
    { writesFollowReads: fc.boolean(), sequentialKeys: fc.constant(true), realtime: fc.constant(false) },
    { requiredKeys: [] },
  );

  it.each([
    ['list-append', listAppend],
    ['rw-register', rwRegister],
  ] as const)('%s', async (family, checker) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(...LEVELS), options, async (seed, consistency, chosen) => {
        const [{ events }] = Random.fromSeed(seed).draw((dice) =>
          smallHistory(dice, family, 2 + dice.int(5), dice.int(2) === 0 ? 'read' : 'open'),
        );
        const history = historyOf(events);
        const verdict = await checker.check(history, { budget: UNLIMITED, options: chosen, consistency });
        expect(defectsOf(verdict, history, checker.name, chosen)).toEqual([]);
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  it('each kind of anomaly, planted in a store that is correct otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(...TEMPLATES), async (seed, template) => {
        const [events] = Random.fromSeed(seed).draw((dice) =>
          inject(dice, simulate(dice, template.family, 'serial', 20), template),
        );
        const checker = template.family === 'list-append' ? listAppend : rwRegister;
        const history = historyOf(events);
        const verdict = await checker.check(history, { budget: UNLIMITED, options: {} });
        expect(defectsOf(verdict, history, checker.name)).toEqual([]);
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});
