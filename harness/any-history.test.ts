import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../checkers/checker.js';
import { CheckThread } from './checking/check-thread.js';
import type { CheckerSource } from './checking/source.js';
import { readHistory } from './history/formats/read.js';
import { withoutNemesis } from './history/select.js';
import { UserError } from './kit/errors.js';
import { checkers, consistencyModels, models } from './registry.js';
import { type AnyEvent, anyHistory, fileOf, VOCABULARIES } from './testing/any-history.js';
import { PROPERTY_RUNS } from './kit/testing/property-runs.js';

const RUNS = PROPERTY_RUNS;
const BUDGET = { timeMs: 5_000, memoryBytes: 512 * 1024 * 1024 } as const;
/** Nobody judges a history of two dozen events for that long, however busy the machine is. */
const HANGS_MS = 60_000;

const thread = new CheckThread({
  resolver: new URL('./checker-of.ts', import.meta.url),
  memoryBytes: BUDGET.memoryBytes,
  graceMs: HANGS_MS,
});
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-any-'));
});
afterAll(async () => {
  thread.close();
  await rm(folder, { recursive: true });
});

const sources: readonly CheckerSource[] = [
  ...checkers.map(({ name }) => ({ what: 'checker', name }) as const),
  ...models.map(({ name }) => ({ what: 'model', name }) as const),
];
const judges = sources.flatMap((source) =>
  [undefined, ...consistencyModels].map((consistency) => ({ source, consistency })),
);

/** What the readers say of the file, then what the judge says of the history. */
async function answer(
  events: readonly AnyEvent[],
  format: 'json' | 'edn',
  { source, consistency }: (typeof judges)[number],
): Promise<Verdict | UserError> {
  const file = join(folder, format === 'json' ? 'history.jsonl' : 'history.edn');
  await writeFile(file, fileOf(events, format));
  try {
    const history = withoutNemesis((await readHistory(file)).history);
    const context = { budget: BUDGET, options: {}, ...(consistency !== undefined && { consistency }) };
    return await thread.check({ source, history, restores: [], context });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

const vocabularies = Object.values(VOCABULARIES);

describe('any history that can be read', () => {
  it(
    'ends with a verdict or one line that names the event, whoever judges it',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...vocabularies).chain(anyHistory),
          fc.constantFrom('json' as const, 'edn' as const),
          fc.constantFrom(...judges),
          async (events, format, judge) => {
            const found = await answer(events, format, judge);
            if (found instanceof UserError) {
              expect(found.message).not.toContain('\n');
              expect(found.message).toMatch(/history\.(jsonl|edn)(:\d+|: it is empty)|event \d+|consistency model/);
              return;
            }
            const { validity, checked, notChecked, rests } = found;
            const words = [...notChecked, ...(validity === 'unknown' ? [found.reason] : [])].join('\n');
            expect(words).not.toMatch(/did not answer in its time|the checker failed|the thread|undefined|\[object/);
            if (validity !== 'valid' || rests === undefined) return;
            expect(rests.observations).toBeGreaterThan(0);
            expect(checked).not.toEqual([]);
          },
        ),
        { numRuns: RUNS },
      );
    },
    HANGS_MS * 10,
  );
});
