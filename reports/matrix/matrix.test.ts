import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nightly, store } from '../testing/nights.js';
import { renderMatrixMarkdown } from './markdown.js';
import { matrixOf } from './matrix.js';
import { writeMatrix } from './write.js';

const runs = [
  ...nightly({ seed: 1, nights: 6 }),
  ...nightly({ seed: 2, nights: 9, badNights: [4, 7], reads: 'serializable' }),
];

it('counts attempts and finds by system, setting, anomaly and fault, claimed beside observed', () => {
  const { rows, faults } = matrixOf(runs);
  expect(faults).toEqual(['kill']);
  expect(rows).toMatchObject([
    {
      system: 'etcd',
      setting: 'reads=linearizable',
      claimed: 'linearizable',
      anomaly: 'stale-read',
      observed: 'not-found',
    },
    { system: 'etcd', setting: 'reads=serializable', claimed: 'serializable', observed: 'broken' },
  ]);
  expect(rows[0].cells['kill']).toEqual({ attempts: 6, found: 0 });
  expect(rows[1].cells['kill']).toMatchObject({ attempts: 9, found: 2, witness: { anomaly: 1, operations: 4 } });
});

it('counts faults that happened, never those that were asked for', () => {
  const asked = runs.map((run) => ({ ...run, plan: { ...run.plan, nemeses: ['partition', 'kill', 'pause'] } }));
  expect(matrixOf(asked).faults).toEqual(['kill']);
  const dull = asked.map((run) => ({
    ...run,
    results: { ...run.results!, faults: run.results!.faults.map((fault) => ({ ...fault, effective: false })) },
  }));
  expect(matrixOf(dull).faults).toEqual(['no faults']);
});

it('does not count a check that could not look', () => {
  const unknown = runs.map((run) => ({
    ...run,
    results: {
      ...run.results!,
      checks: run.results!.checks.map((check) =>
        check.verdict.validity === 'valid'
          ? { ...check, verdict: { ...check.verdict, validity: 'unknown' as const, reason: 'out of time' } }
          : check,
      ),
    },
  }));
  expect(matrixOf(unknown).rows).toMatchObject([{ cells: { kill: { attempts: 2, found: 2 } } }]);
});

it('tells what the model allows from what it forbids', () => {
  const allowed = runs.map((run) => ({
    ...run,
    results: {
      ...run.results!,
      checks: run.results!.checks.map((check) => ({
        ...check,
        verdict: { ...check.verdict, validity: 'valid' as const },
      })),
    },
  }));
  expect(matrixOf(allowed).rows[1].observed).toBe('allowed');
});

it('is written as a page, Markdown and JSON, each find linked to its witness', async () => {
  const root = await mkdtemp(join(tmpdir(), 'faultline-matrix-'));
  try {
    const out = join(root, 'matrix');
    const matrix = await writeMatrix(await store(root, runs), out);
    const page = await readFile(join(out, 'matrix.html'), 'utf8');
    expect(page).toContain('href="../2026-03-05-etcd-serializable/report.html#anomaly-1"');
    expect(await readFile(join(out, 'matrix.md'), 'utf8')).toBe(renderMatrixMarkdown(matrix));
    const json = JSON.parse(await readFile(join(out, 'matrix.json'), 'utf8')) as { rows: { cells: unknown }[] };
    expect(json.rows[1].cells).toMatchObject({ kill: { witness: { run: '../2026-03-05-etcd-serializable' } } });
    expect(renderMatrixMarkdown(matrix)).toContain('| 2 of 9 |');
  } finally {
    await rm(root, { recursive: true });
  }
});
