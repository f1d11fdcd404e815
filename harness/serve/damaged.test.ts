import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAssets } from '../../reports/client/assets.js';
import { matrixOf } from '../../reports/matrix/matrix.js';
import { matrixPage } from '../../reports/matrix/page.js';
import { runsPage } from '../../reports/site/runs.js';
import { nightly, store } from '../../reports/testing/nights.js';
import { configurationPage, trendPage } from '../../reports/trend/page.js';
import { trendOf } from '../../reports/trend/trend.js';
import { readArchive } from '../archive/read.js';
import { PROPERTY_RUNS } from '../kit/testing/property-runs.js';

const NIGHTS = 3;

let root = '';
const files = new Map<string, Buffer>();
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'faultline-damaged-'));
  await store(root, nightly({ seed: 1, nights: NIGHTS, badNights: [1] }));
  const { runs } = await readArchive(root);
  const { directory } = runs[1];
  for (const name of ['plan.json', 'results.json', 'metrics.json']) {
    files.set(join(directory, name), await readFile(join(directory, name)));
  }
});
afterAll(() => rm(root, { recursive: true }));

/** All that is made of many runs. */
async function shown() {
  const archive = await readArchive(root);
  const assets = await loadAssets();
  const trend = trendOf(archive.runs);
  const pages = [
    runsPage({ root, ...archive }, assets),
    trendPage(trend, root, archive.troubles, assets),
    ...trend.configurations.map((each) => configurationPage(each, trend.nights, root, assets)),
    matrixPage(matrixOf(archive.runs), root, assets),
  ];
  return { archive, pages };
}

/** A byte that becomes another one, is doubled or left out, or everything after it is. */
const mutation = fc.record({
  file: fc.nat(2),
  at: fc.nat(1_000_000),
  byte: fc.oneof(fc.constantFrom(...Buffer.from('0919-.eE"{}[],: \ntfn\\')), fc.nat(255)),
  kind: fc.constantFrom('change', 'insert', 'remove', 'cut'),
});

function mutated(bytes: Buffer, { at, byte, kind }: { at: number; byte: number; kind: string }): Buffer {
  const position = at % bytes.length;
  const [before, after] = [bytes.subarray(0, position), bytes.subarray(position + 1)];
  if (kind === 'cut') return before;
  if (kind === 'remove') return Buffer.concat([before, after]);
  return Buffer.concat([before, Buffer.from([byte]), kind === 'insert' ? bytes.subarray(position) : after]);
}

describe('a run whose files are damaged', () => {
  it('is one line with its file, or a run like any other, and never keeps the others from being shown', async () => {
    let damaged = 0;
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const [path, bytes] = [...files][change.file];
        await writeFile(path, mutated(bytes, change));
        try {
          const { archive, pages } = await shown();
          expect(archive.runs.length + archive.troubles.length).toBe(NIGHTS);
          for (const trouble of archive.troubles) {
            expect(trouble).toContain(path);
            expect(trouble).not.toContain('\n');
          }
          damaged += archive.troubles.length;
          expect(pages[0].match(/<tr data-outcome=/g)).toHaveLength(NIGHTS);
          expect(pages[0].includes('data-outcome="damaged"')).toBe(archive.troubles.length > 0);
        } finally {
          await writeFile(path, bytes);
        }
      }),
      { numRuns: PROPERTY_RUNS },
    );
    // Both must happen, or nothing was tested.
    expect(damaged).toBeGreaterThan(PROPERTY_RUNS / 10);
    expect(damaged).toBeLessThan(PROPERTY_RUNS);
  }, 600_000);

  it.each([
    ['results.json', '{"formatVersion":1,"runId":"x"}', 'results.json is damaged: "outcome" is missing'],
    ['results.json', '{\n"formatVersion":1,\n"runId":"x', 'results.json:3 is damaged: it is not JSON'],
    ['metrics.json', '{"version":1,"calm":7}', 'metrics.json is damaged: calm: '],
    ['plan.json', '[]', 'plan.json is damaged: '],
  ])('names file and place: %s with %s', async (name, text, expected) => {
    const [path, bytes] = [...files].find(([each]) => each.endsWith(name))!;
    await writeFile(path, text);
    const { archive } = await shown();
    await writeFile(path, bytes);
    expect(archive.troubles).toEqual([expect.stringContaining(expected)]);
  });
});
