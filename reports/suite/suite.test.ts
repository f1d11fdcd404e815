import { describe, expect, it } from 'vitest';
import { resultOf } from '../../harness/suite/outcome.js';
import type { AttemptCheck } from '../../harness/suite/suite.js';
import { MAX_MARKDOWN_BYTES } from '../markdown.js';
import { HOSTILE } from '../testing/hostile-run.js';
import { attemptOf, cellOf, suiteOf } from '../testing/suites.js';
import { schemaErrors } from '../testing/xsd.js';
import { annotations } from './annotations.js';
import { claimSentence } from './claim.js';
import { renderSuiteJunit } from './junit.js';
import { renderSuiteMarkdown } from './markdown.js';
import { suitePage } from './page.js';

const check = (validity: AttemptCheck['validity'], overrides: Partial<AttemptCheck> = {}): AttemptCheck => ({
  workload: 'register',
  checker: 'linearizable',
  required: true,
  validity,
  kinds: validity === 'invalid' ? ['nonlinearizable'] : [],
  ...(validity !== 'valid' && { sentence: `Read returned ${HOSTILE}` }),
  durationMs: 12,
  ...overrides,
});

const bad = resultOf(cellOf('bad'), [
  attemptOf('bad', 'inconclusive', [check('valid')]),
  attemptOf('bad', 'invalid', [check('invalid')]),
]);
const good = resultOf(cellOf('good'), [
  attemptOf('good', 'valid', [check('valid'), check('unknown', { checker: 'b', required: false })]),
]);
const known = resultOf(cellOf('known', { expect: 'invalid' }), [attemptOf('known', 'invalid', [check('invalid')])]);
const missing = resultOf(cellOf('missing'), [], 'the budget left 3 s, too short for it');
const undecided = resultOf(cellOf('undecided'), [attemptOf('undecided', 'harness-error')]);
const suite = suiteOf([good, bad, known, missing, undecided]);

describe('JUnit of a suite', () => {
  const xml = renderSuiteJunit(suite);

  it('is valid by the schema that CI servers read', async () => {
    expect(await schemaErrors(xml)).toEqual([]);
  });

  it('has a case for each cell and checker, a violation of any attempt being a failure', () => {
    expect(xml.match(/<testcase /g)).toHaveLength(9);
    const [, cell] = /(<testsuite name="nightly bad"[\s\S]*?<\/testsuite>)/.exec(xml)!;
    expect(cell.match(/<failure /g)).toHaveLength(2);
    expect(xml).toMatch(/<testsuite name="nightly known".*failures="0" errors="0"/);
    expect(xml).toMatch(/<testsuite name="nightly missing".*skipped="1"/);
    expect(xml).toMatch(/<testsuite name="nightly undecided".*errors="1"/);
  });
});

describe('Markdown of a suite', () => {
  it('says first what is not as expected, and obeys nothing that a database said', () => {
    const text = renderSuiteMarkdown(suite);
    expect(text.indexOf('Not as expected')).toBeLessThan(text.indexOf('### Cells'));
    expect(text).toContain('(known)');
    expect(text).not.toMatch(/(?<!\\)<script/);
  });

  it('stays within what GitHub takes', () => {
    const many = Array.from({ length: 3000 }, (_, at) =>
      resultOf(cellOf(`c${at}`), [{ ...attemptOf(`c${at}`, 'invalid'), sentence: 'x'.repeat(600) }]),
    );
    expect(Buffer.byteLength(renderSuiteMarkdown(suiteOf(many)))).toBeLessThanOrEqual(MAX_MARKDOWN_BYTES);
  });
});

describe('annotations', () => {
  it('are one workflow command each, at the suite file’s line, violations first', () => {
    const lines = annotations(suite);
    expect(lines[0]).toMatch(/^::error file=nightly\.yaml,line=4,title=invalid%3A bad::It came out invalid/);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).not.toMatch(/\n|known/);
  });

  it('cannot be ended by a value', () => {
    const evil = resultOf(cellOf('evil'), [{ ...attemptOf('evil', 'invalid'), sentence: '100 %\n::error::owned' }]);
    expect(annotations(suiteOf([evil]))[0]).toMatch(/100 %25 ::error::owned$/);
  });
});

describe('the page of a suite', () => {
  it('lists every cell, links every attempt and escapes what databases said', () => {
    const page = suitePage(suite, { script: '', siteScript: 'void 0', style: 'p{}' });
    expect(page.match(/<tr data-outcome=/g)).toHaveLength(5);
    expect(page).toContain('href="bad/1/run/report.html"');
    expect(page.indexOf('bad/1/run')).toBeLessThan(page.indexOf('good/1/run'));
    expect(page).toContain(`default-src 'none'`);
    expect(page).not.toContain('<script>document');
  });
});

it('a claim never says more than the runs do', () => {
  expect(claimSentence({ configuration: '', runs: 0, violations: 0, upperBound: 1 })).toContain('nothing');
  expect(claimSentence({ configuration: '', runs: 30, violations: 0, upperBound: 0.0951 })).toContain('at most 9.5 %');
});
