import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt, type Attempt } from './attempt.js';
import { FINDINGS } from './findings.js';
import { found } from './page.js';

/** Chance and a busy machine decide how soon an anomaly shows, so it gets a few runs; a control gets one. */
const RUNS = 3;

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'track-record-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

const quick = FINDINGS.filter(({ pace }) => pace === 'quick');

describe.each(quick.map((finding) => [finding.title, finding] as const))('%s:', (_title, finding) => {
  it('found, and named', async () => {
    const attempts: Attempt[] = [];
    while (attempts.length < RUNS && !attempts.some(found)) {
      attempts.push(await attempt(finding.find, finding.anomalies, out));
    }
    expect(attempts.filter(found), JSON.stringify(attempts)).toHaveLength(1);
  });

  it('not there in the control', async () => {
    const { outcome, sentence } = await attempt(finding.control, finding.anomalies, out);
    expect(outcome, sentence).toBe('valid');
  });
});
