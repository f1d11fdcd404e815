import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import yargs from 'yargs';
import { prepareTest } from '../../harness/cli/prepare.js';
import { testOptions, type TestArguments } from '../../harness/cli/test.js';
import { argumentsOf } from '../../harness/suite/attempt.js';
import { parseSuite } from '../../harness/suite/read.js';
import { commandOf, FINDINGS, wordsOf, type Trial } from './findings.js';
import { median, pageOf } from './page.js';
import { suiteOf } from './suite.js';

async function prepared(trial: Trial) {
  const [, system, ...flags] = wordsOf(trial);
  const args = (await yargs([...flags])
    .options(testOptions)
    .strictOptions()
    .parse()) as unknown as TestArguments;
  return prepareTest(system!, args);
}

describe.each(FINDINGS.map((finding) => [finding.number, finding] as const))('finding %i', (_number, finding) => {
  it('has a command that is understood, judged by the model that exposes it', async () => {
    const { plan, workloads } = await prepared(finding.find);
    expect(plan.system.name).toBe(finding.find.system);
    expect(workloads.map(({ name }) => name)).toEqual([finding.find.workload]);
    expect(plan.nemeses).toHaveLength(finding.find.nemesis === undefined ? 0 : 1);
    expect(finding.anomalies.length).toBeGreaterThan(0);
  });

  it('has a control that is understood, and another test', async () => {
    await prepared(finding.control);
    expect(wordsOf(finding.control)).not.toEqual(wordsOf(finding.find));
    expect(finding.control.workload).toBe(finding.find.workload);
  });
});

describe('the suite', () => {
  it('runs every finding that takes long, and its control, by the same commands', async () => {
    const file = 'docs/track-record.yaml';
    const { cells } = parseSuite(await readFile(new URL(`../../${file}`, import.meta.url), 'utf8'), file, 1);
    const long = FINDINGS.filter(({ pace }) => pace === 'long');
    expect(cells.map((cell) => argumentsOf(cell, 'runs').slice(0, -4))).toEqual(
      long.flatMap(({ find, control }) => [wordsOf(find), wordsOf(control)]),
    );
    expect(cells.map(({ expect: outcome }) => outcome)).toEqual(long.flatMap(() => ['invalid', 'valid']));
  });
});

describe('the page', () => {
  it('is what is in docs, made from the list and from what was measured', async () => {
    const text = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
    const { format } = await import('prettier');
    const measured = JSON.parse(await text('track-record.json')) as Parameters<typeof pageOf>[0];
    expect(await text('track-record.md')).toBe(await format(pageOf(measured), { parser: 'markdown', printWidth: 120 }));
    expect(await text('track-record.yaml')).toBe(suiteOf(FINDINGS));
  });

  it('counts what was found and what stayed valid, with the commands that it shows', () => {
    const { find, control } = FINDINGS.find(({ number }) => number === 4)!;
    const common = {
      load: 2,
      sentence: 'So it was.',
      operations: 10,
      versions: { postgres: '15.1' },
      kinds: ['G2-item'],
    };
    const attempt = { ...common, command: commandOf(find) };
    const page = pageOf({
      4: {
        find: [
          { ...attempt, outcome: 'invalid', firstHitMs: 40 },
          { ...attempt, outcome: 'invalid', firstHitMs: 2000 },
          { ...attempt, outcome: 'valid', kinds: [] },
          { ...attempt, outcome: 'invalid', firstHitMs: 1, command: 'faultline test another' },
        ],
        control: [{ ...common, command: commandOf(control), outcome: 'valid', kinds: [] }],
      },
    });
    expect(page).toMatch(/\| 4 \|[^|]*\| 2 of 3 \| 1\.0 s \| G2-item \| 1 of 1 \|/);
    expect(page).toMatch(/\| 3 \|[^|]*\| not run \| – \| – \| not run \|/);
    expect(median([3, 1, 2])).toBe(2);
  });
});
