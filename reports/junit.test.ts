import { expect, it } from 'vitest';
import { renderJunit } from './junit.js';
import { hostileRun } from './testing/hostile-run.js';
import { invalidRun } from './testing/invalid-runs.js';
import { validRun } from './testing/valid-run.js';
import { checkOf, historyOf, resultsOf, VALID } from './testing/runs.js';
import { schemaErrors } from './testing/xsd.js';

const UNKNOWN = { ...VALID, validity: 'unknown', reason: 'out of time' } as const;

it('has a case for each workload and checker, the evidence of faults and the run', () => {
  const xml = renderJunit(invalidRun(500));
  expect(xml.match(/<testcase /g)).toHaveLength(6);
  expect(xml).toContain('classname="faultline.register" name="linearizability"');
  // Three checks and the run failed; one fault had no effect.
  expect(xml).toMatch(/<testsuites tests="6" failures="4" errors="1"/);
  expect(xml).toContain('<failure message="Process ');
  expect(xml).toContain('1 of 9 faults had no effect');
});

it('shows a required check without a decision red, one for information skipped', () => {
  const history = historyOf([]);
  const xml = (required: boolean) =>
    renderJunit({ history, results: resultsOf({ checks: [checkOf('linearizability', UNKNOWN, { required })] }) });
  expect(xml(true)).toContain('<error message="out of time" type="undecided"');
  expect(xml(false)).toContain('<skipped/>');
  expect(xml(false)).toContain('errors="0"');
});

it('shows an inconclusive run and trouble of the harness red', () => {
  for (const outcome of ['inconclusive', 'harness-error'] as const) {
    const xml = renderJunit({
      history: historyOf([]),
      results: resultsOf({ outcome, sentence: 'Nothing was proved.' }),
    });
    expect(xml).toContain(`<error message="Nothing was proved." type="${outcome}"`);
  }
});

it('shows a valid run green, but for faults that did nothing', () => {
  const run = validRun(500);
  const results = { ...run.results, faults: run.results.faults.filter(({ effective }) => effective) };
  expect(renderJunit({ ...run, results })).toMatch(/<testsuite .*failures="0" errors="0" skipped="1"/);
});

it('holds no character that XML forbids, and no open markup', () => {
  const xml = renderJunit(hostileRun());
  // eslint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  const markup = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  expect(markup.includes('<script')).toBe(false);
  expect(xml.length).toBeLessThan(400_000);
});

it.each([
  ['a valid run', () => validRun(500)],
  ['violations', () => invalidRun(500)],
  ['hostile values', hostileRun],
])('of %s is valid by the schema that CI servers read', async (_, run) => {
  expect(await schemaErrors(renderJunit(run()))).toEqual([]);
});
