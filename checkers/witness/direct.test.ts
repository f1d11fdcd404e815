import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { readHistory } from '../../harness/history/formats/read.js';
import type { Json } from '../../harness/history/operation.js';
import { causalReverse } from '../causal-reverse.js';
import { type Checker, UNLIMITED } from '../checker.js';
import { counter } from '../counter.js';
import { lock } from '../lock.js';
import { longFork } from '../long-fork.js';
import { monotonic } from '../monotonic.js';
import { queue } from '../queue.js';
import { sessionGuarantees } from '../sessions/session-guarantees.js';
import { staleness } from '../sessions/staleness.js';
import { setFull } from '../set-full.js';
import { set } from '../set.js';
import { contextWith } from '../testing/script.js';
import { totalQueue } from '../total-queue.js';
import { uniqueIds } from '../unique-ids.js';
import { writeSkew } from '../write-skew.js';
import { defectsOf } from './testing/defects.js';
import { histories } from './testing/nonsense.js';
import { IS_NIGHTLY, PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const corpus = fileURLToPath(new URL('../corpus/', import.meta.url));
const small = fc.nat(3);
const nothing = fc.constant(null);
const list = fc.array(small, { maxLength: 4 });
const key = fc.constantFrom('x', 'y');
const txn = fc.oneof(
  fc.tuple(key).map(([k]): Json => [['w', k, 1]]),
  fc.tuple(fc.constantFrom(1, null, 2), fc.constantFrom(1, null)).map(([x, y]): Json => [
    ['r', 'x', x],
    ['r', 'y', y],
  ]),
);

/** A checker, its operations (what they ask and what they answer), and options in turn. */
const subjects: readonly (readonly [Checker, Parameters<typeof histories>[0], ...Record<string, Json>[]])[] = [
  [set, { add: [small], read: [nothing, list] }],
  [setFull, { add: [small], read: [nothing, list] }, { linearizable: true }],
  [queue, { enqueue: [small], dequeue: [nothing, small] }],
  [
    totalQueue,
    { enqueue: [small], dequeue: [nothing, fc.option(small)], drain: [nothing, list] },
    { exactlyOnce: true },
  ],
  [counter, { add: [fc.integer({ min: -2, max: 3 })], read: [nothing, fc.integer({ min: -5, max: 8 })] }],
  [uniqueIds, { generate: [nothing, small] }],
  [lock, { acquire: [nothing, small], release: [nothing] }],
  [monotonic, { read: [nothing, fc.nat(6)], inc: [nothing, fc.nat(6)] }, { scope: 'global', increments: 'distinct' }],
  [longFork, { txn: [txn, txn] }, { initialState: 'empty' }],
  [
    writeSkew,
    { insert: [fc.tuple(small, fc.nat(1))], read: [nothing, fc.array(fc.tuple(small, fc.nat(1)), { maxLength: 3 })] },
  ],
  [causalReverse, { write: [small], read: [nothing, list] }, { initialState: 'empty' }],
  [
    sessionGuarantees,
    { write: [fc.nat(40)], read: [nothing, fc.option(fc.nat(40))], cas: [fc.tuple(fc.nat(40), fc.nat(40))] },
    { realtime: true, initial: 0 },
  ],
  [staleness, { write: [fc.nat(40)], read: [nothing, fc.option(fc.nat(40))] }, { maxStalenessVersions: 0 }],
];

describe.each(subjects.map((each) => [each[0].name, each] as const))(
  'witnesses of %s',
  (name, [checker, kinds, ...more]) => {
    const others = subjects.map(([{ name }]) => name).filter((other) => other !== name && other.startsWith(`${name}-`));
    const files = readdirSync(corpus).filter(
      (file) => file.startsWith(`${name}-`) && !others.some((other) => file.startsWith(`${other}-`)),
    );
    const seen = new Map<string, number>();

    it.each(files)('%s', async (file) => {
      const { history } = await readHistory(join(corpus, file));
      const verdict = await checker.check(history, { budget: UNLIMITED, options: {} });
      expect(defectsOf(verdict, history, name)).toEqual([]);
    });

    it('of random violations', async () => {
      await fc.assert(
        fc.asyncProperty(
          histories(kinds),
          fc.constantFrom({}, ...more),
          async (history, options: Record<string, Json>) => {
            const verdict = await checker.check(history, contextWith(options));
            for (const { kind } of verdict.anomalies) seen.set(kind, (seen.get(kind) ?? 0) + 1);
            expect(defectsOf(verdict, history, name, options)).toEqual([]);
          },
        ),
        { numRuns: PROPERTY_RUNS },
      );
      // What is never violated proves nothing.
      expect(seen.size).toBeGreaterThan(0);
    });

    afterAll(() => {
      if (IS_NIGHTLY) console.log(name, Object.fromEntries(seen));
    });
  },
);
