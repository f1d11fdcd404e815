import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.js';
import { recheck } from './recheck.js';
import { runTest } from './run.js';
import { memoryRun, outage, removeRuns } from './testing/world.js';
import { PROPERTY_RUNS } from '../kit/testing/property-runs.js';

const FAULTS = {
  rateHz: 60,
  nemeses: [{ name: 'outage', targets: ['one'] }],
  timeLimitMs: 4000,
  faultMs: 500,
  pauseMs: 300,
};

let request: Awaited<ReturnType<typeof memoryRun>>;
let lines: readonly string[] = [];
beforeAll(async () => {
  const clock = new VirtualClock();
  request = await memoryRun({ clock, planned: FAULTS });
  const results = await clock.run(runTest({ ...request, nemeses: [outage(request.cluster.trouble)] }));
  expect(results.outcome).toBe('valid');
  lines = readFileSync(request.store.historyPath, 'utf8').split('\n').slice(0, -1);
});
afterAll(removeRuns);

async function judged(kept: readonly string[], ending = '\n') {
  writeFileSync(request.store.historyPath, kept.join('\n') + ending);
  return (await recheck(request)).results;
}

/** The lines with indices as if nothing had ever been between them. */
const renumbered = (kept: readonly string[]) =>
  kept.map((line, index) => line.replace(/"index":\d+/, `"index":${index}`));

describe('a run’s own journal', () => {
  it('is valid as it was recorded, and cut short when its last line is torn', async () => {
    expect((await judged(lines)).outcome).toBe('valid');
    const torn = await judged(lines, '');
    expect(torn.outcome).toBe('valid');
    expect(await judged([...lines.slice(0, -1), lines.at(-1)!.slice(0, 20)], '')).toMatchObject({
      outcome: 'inconclusive',
      notes: [expect.stringContaining('cut short'), expect.stringContaining('the last, is cut short')],
    });
  });

  it('with any events missing but the last is neither valid nor invalid', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(lines.length - 2), { minLength: 1, maxLength: 700 }), async (missing) => {
        const gone = new Set(missing);
        const kept = lines.filter((_, at) => !gone.has(at));
        const results = await judged(kept).catch((error: Error) => error);
        // A completion without its invocation is refused by the reader, with its line.
        if (results instanceof Error) expect(results.message).toMatch(/history\.jsonl:\d+: /);
        else
          expect([results.outcome, results.sentence]).toEqual(['inconclusive', expect.stringContaining('has holes')]);
      }),
      { numRuns: PROPERTY_RUNS },
    );
  }, 120_000);

  it('that never got some of what the drivers did is not believed, however well it is numbered', async () => {
    const pairs = lines.flatMap((line, at) => {
      const { process, type } = JSON.parse(line) as { process: unknown; type: string };
      if (type !== 'invoke') return [];
      const end = lines.findIndex(
        (other, position) => position > at && (JSON.parse(other) as { process: unknown }).process === process,
      );
      return end < 0 ? [] : [[at, end] as const];
    });
    expect(pairs.length).toBeGreaterThan(50);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pairs), async ([from, to]) => {
        const results = await judged(renumbered(lines.filter((_, at) => at !== from && at !== to)));
        expect(results.outcome).toBe('inconclusive');
        expect(results.sentence).toMatch(/counted \d+ operations .*, and it has \d+/);
      }),
      { numRuns: Math.min(PROPERTY_RUNS, 400) },
    );
  }, 120_000);
});
