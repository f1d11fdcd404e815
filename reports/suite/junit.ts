import type { Attempt, AttemptCheck, CellResult, SuiteResults } from '../../harness/suite/suite.js';
import { junitXml, newJunit, type TestSuite } from '../junit-xml.js';
import { clip, visible } from '../text.js';
import { faultsText } from './faults.js';

const MAX_TEXT = 10_000;

/**
 * JUnit XML of a suite: a test suite a cell, in it a test case for each checker and one for the cell itself. Of a
 * checker the worst answer over all attempts counts: a violation is a failure though another attempt passed, unless the
 * cell is there to show it. What was not run is skipped; what could not be decided is an error.
 */
export function renderSuiteJunit(results: SuiteResults): string {
  const report = newJunit();
  for (const cell of results.cells) {
    const suite = report.testSuite().name(harmless(`${results.name} ${cell.cell.id}`));
    suite.timestamp(new Date(cell.attempts[0]?.startedAt ?? results.startedAt));
    suite.property('seed', String(cell.cell.seed));
    suite.property('source', harmless(cell.cell.source));
    for (const check of checksOf(cell.attempts)) addCheck(suite, cell, check);
    addCell(suite, cell);
  }
  return junitXml(report);
}

const SEVERITY = { valid: 0, unknown: 1, invalid: 2 } as const;

/** The worst answer of each checker, its time over all attempts. */
function checksOf(attempts: readonly Attempt[]): readonly AttemptCheck[] {
  const worst = new Map<string, AttemptCheck>();
  for (const check of attempts.flatMap(({ checks }) => checks)) {
    const name = nameOf(check);
    const before = worst.get(name);
    const durationMs = (before?.durationMs ?? 0) + check.durationMs;
    const graver = before === undefined || SEVERITY[check.validity] > SEVERITY[before.validity] ? check : before;
    worst.set(name, { ...graver, durationMs });
  }
  return [...worst.values()];
}

function addCheck(suite: TestSuite, { cell }: CellResult, check: AttemptCheck): void {
  const testCase = suite
    .testCase()
    .className(harmless(`faultline.${cell.id}`))
    .name(harmless(nameOf(check)))
    .time(check.durationMs / 1000);
  const said = harmless(check.sentence ?? '');
  if (check.validity === 'invalid' && cell.expect === 'invalid') {
    testCase.standardOutput(harmless(`known weakness, found again: ${check.kinds.join(', ')}: ${said}`));
  } else if (check.validity === 'invalid') testCase.failure(said, harmless(check.kinds[0] ?? 'violation'));
  else if (check.validity === 'unknown' && check.required) testCase.error(said, 'undecided');
  else if (check.validity === 'unknown') testCase.skipped();
}

function addCell(suite: TestSuite, { cell, outcome, asExpected, sentence, attempts }: CellResult): void {
  const seconds = attempts.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const testCase = suite
    .testCase()
    .className(harmless(`faultline.${cell.id}`))
    .name('verdict')
    .time(seconds);
  const said = harmless(sentence);
  if (outcome === 'not-run') testCase.skipped();
  else if (outcome === 'invalid' && !asExpected) testCase.failure(said, 'invalid');
  else if (outcome === 'valid' && !asExpected) {
    testCase.failure(harmless(`expected to be invalid, and was not: ${sentence}`), 'not-found');
  } else if (!asExpected) testCase.error(said, outcome);
  const lines = attempts.map((attempt) => {
    const { number, outcome: each, directory = 'no run directory' } = attempt;
    return `attempt ${number}: ${each}, faults that bit: ${faultsText([attempt])}, ${directory}`;
  });
  if (lines.length > 0) testCase.standardOutput(harmless(lines.join('\n')));
}

const nameOf = ({ workload, checker }: AttemptCheck) => (workload === undefined ? checker : `${workload} ${checker}`);

/** The builder escapes markup; characters that XML does not allow at all become visible first. */
function harmless(text: string): string {
  return visible(clip(text, MAX_TEXT));
}
