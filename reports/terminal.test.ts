import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { renderMarkdown } from './markdown.js';
import { renderTerminal, type TerminalOptions } from './terminal.js';
import { hostileRun } from './testing/hostile-run.js';
import { invalidRun } from './testing/invalid-runs.js';
import { validRun } from './testing/valid-run.js';

const OPTIONS: TerminalOptions = {
  width: 100,
  color: 'off',
  paths: { report: 'runs/latest/report.html', history: 'runs/latest/history.jsonl' },
};

it('says verdict, anomalies with operations, faults k of n, command and paths', () => {
  const text = renderTerminal(invalidRun(500), OPTIONS);
  expect(text).toMatch(/^INVALID\nProcess \d+ read/);
  expect(text).toContain('1. nonlinearizable (register: linearizability)');
  expect(text).toContain('   The newer value was written and read before the stale read began');
  expect(text).toMatch(/#\d+ {2,}write \d+/);
  expect(text).toContain('Faults: 8 of 9 demonstrably bit');
  expect(text).toContain('  2. kill: recovery 650 ms (read 250 ms, write 650 ms)');
  expect(text).toContain('  4. partition: recovery not before the end (read 250 ms, write not before the end)');
  expect(text).toContain('--seed 812');
  expect(text).toMatch(/report {3}runs\/latest\/report.html$|history {2}runs\/latest\/history.jsonl$/);
});

it('says of an anomaly that it was not proven anew, and of others nothing', () => {
  const run = invalidRun(500);
  const told = (proof: { readonly proven?: boolean; readonly unproven?: string }) => {
    const checks = run.results.checks.map((check) => {
      const anomalies = check.verdict.anomalies.map((anomaly) => ({ ...anomaly, ...proof }));
      return { ...check, verdict: { ...check.verdict, anomalies } as typeof check.verdict };
    });
    const input = { ...run, results: { ...run.results, checks } };
    return [renderTerminal(input, OPTIONS), renderMarkdown(input)];
  };
  for (const text of told({ proven: false, unproven: 'there was no time' })) {
    expect(text.replaceAll('\\', '')).toContain('not re-proven: there was no time');
  }
  for (const text of [...told({ proven: true }), ...told({})])
    expect(text.replaceAll('\\', '')).not.toContain('re-proven');
});

it('stays within the width, but for commands and paths', () => {
  for (const width of [80, 100, 160]) {
    const lines = renderTerminal(invalidRun(500), { ...OPTIONS, width }).split('\n');
    expect(lines.filter((line) => line.length > width && !line.startsWith('Repeat:'))).toEqual([]);
  }
});

it('colours only when asked', () => {
  const plain = renderTerminal(validRun(500), OPTIONS);
  expect(stripVTControlCharacters(plain)).toBe(plain);
  const colored = renderTerminal(validRun(500), { ...OPTIONS, color: 'on' });
  expect(colored).not.toBe(plain);
  expect(stripVTControlCharacters(colored)).toBe(plain);
});

it('hands no control character of a value to the terminal', () => {
  const text = renderTerminal(hostileRun(), OPTIONS);
  // eslint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(text.length).toBeLessThan(20_000);
});

it('says what holds all the same', () => {
  const run = invalidRun(500);
  const weaker = {
    holds: ['sequential', 'safe'],
    broken: ['regular'],
    undecided: [],
    stalestMs: 12,
    stalestVersions: 3,
  };
  const checks = run.results.checks.map((check) => ({
    ...check,
    verdict: { ...check.verdict, details: { ...check.verdict.details, weaker } },
  }));
  const text = renderTerminal({ ...run, results: { ...run.results, checks } }, OPTIONS);
  expect(text).toContain('still holds: sequential, safe');
  expect(text).toContain('broken too: regular');
  expect(text).toMatch(/stalest read: 3 versions, 12\.0 ms behind/);
});
