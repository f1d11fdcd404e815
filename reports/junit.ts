import type { CheckerResult, Results } from '../harness/run/plan.js';
import { junitXml, newJunit, type TestSuite } from './junit-xml.js';
import { followsLine, groupsIn, type FoundGroup } from './groups.js';
import { standingOf } from './standing.js';
import { clip, visible } from './text.js';
import { checkName, spanOf, type ReportInput } from './view.js';

const MAX_TEXT = 20_000;

/**
 * JUnit XML: one test case for each workload and checker, one for the evidence of all faults, one for the run itself.
 * A violation is a failure. What could not be decided is an error, so that a CI server shows it red: a run that proved
 * nothing must not look like one that passed. A check that is only for information is never red for being undecided.
 */
export function renderJunit({ plan, results, history }: Pick<ReportInput, 'plan' | 'results' | 'history'>): string {
  const report = newJunit();
  const name =
    plan === undefined ? results.runId : `${plan.system.name} ${plan.workloads.map((each) => each.name).join(' ')}`;
  const suite = report.testSuite().name(harmless(`faultline ${name}`));
  if (plan !== undefined) {
    suite.timestamp(new Date(plan.createdAt));
    suite.property('seed', String(plan.seed));
    suite.property('command', harmless(plan.command));
  }
  const { groups } = groupsIn(results);
  for (const check of results.checks) addCheck(suite, check, groups);
  addFaults(suite, results);
  addRun(suite, results, spanOf(history) / 1e9);
  return junitXml(report);
}

function addCheck(suite: TestSuite, check: CheckerResult, groups: readonly FoundGroup[]): void {
  const { verdict, required, durationMs } = check;
  const testCase = suite
    .testCase()
    .className(className(check.workload))
    .name(harmless(check.checker))
    .time(durationMs / 1000);
  if (verdict.validity === 'invalid') {
    const found = violationsOf(check, groups);
    const sentences = found.map(({ anomaly, after }) => `${anomaly.kind}: ${clip(anomaly.sentence, 1_000)}${after}`);
    testCase.failure(harmless(clip(sentences[0], 1_000)), harmless(found[0].anomaly.kind));
    testCase.stacktrace(harmless(clip(sentences.join('\n'), MAX_TEXT)));
  } else if (verdict.validity === 'unknown' && required) {
    testCase.error(harmless(clip(verdict.reason, 1_000)), 'undecided');
  } else if (verdict.validity === 'unknown') testCase.skipped();
  const lines = [
    ...verdict.checked.map((line) => `decided: ${line}`),
    ...verdict.notChecked.map((line) => `not checked: ${line}`),
    ...standingOf(verdict),
  ];
  if (lines.length > 0) testCase.standardOutput(harmless(clip(lines.join('\n'), MAX_TEXT)));
}

/** Violations of a check, causes first; `after` says in brackets what each follows from, or what follows from it. */
function violationsOf(check: CheckerResult, groups: readonly FoundGroup[]) {
  const mine = groups.flatMap((group) => {
    const { root, follows } = group;
    const line = followsLine(group);
    const causes = [{ ...root, after: line === undefined ? '' : ` (${line})`, isRoot: true }];
    const from = ` (follows from ${root.anomaly.kind}, ${checkName(root.check)})`;
    return [...causes, ...follows.map((found) => ({ ...found, after: from, isRoot: false }))];
  });
  const found = mine.filter((each) => each.check === check).sort((a, b) => Number(b.isRoot) - Number(a.isRoot));
  return found.length > 0 ? found : check.verdict.anomalies.map((anomaly) => ({ anomaly, after: '' }));
}

function addFaults(suite: TestSuite, { faults }: Results): void {
  if (faults.length === 0) return;
  const idle = faults.filter(({ effective }) => !effective);
  const unhealed = faults.filter(({ healed }) => !healed);
  const testCase = suite.testCase().className('faultline.run').name('every fault bit and healed');
  const lines = [
    ...idle.map(({ id, kind, description }) => `fault ${id}, ${kind} (${description}), had no measurable effect`),
    ...unhealed.map(({ id, kind, description }) => `fault ${id}, ${kind} (${description}), was not verified as healed`),
  ];
  if (lines.length === 0) return;
  testCase.error(
    `${idle.length} of ${faults.length} faults had no effect, ${unhealed.length} not healed`,
    'evidence',
    harmless(clip(lines.join('\n'), MAX_TEXT)),
  );
}

function addRun(suite: TestSuite, { outcome, sentence, harnessError, notes }: Results, seconds: number): void {
  const testCase = suite.testCase().className('faultline.run').name('verdict').time(seconds);
  if (outcome === 'invalid') testCase.failure(harmless(clip(sentence, 1_000)), outcome);
  if (outcome === 'inconclusive' || outcome === 'harness-error') {
    testCase.error(harmless(clip(harnessError ?? sentence, 1_000)), outcome);
  }
  if (notes.length > 0) testCase.standardOutput(harmless(clip(notes.join('\n'), MAX_TEXT)));
}

function className(workload: string | undefined): string {
  return harmless(`faultline.${workload ?? 'run'}`);
}

/** The builder escapes markup; characters that XML does not allow at all become visible first. */
function harmless(text: string): string {
  return visible(clip(text, MAX_TEXT));
}
