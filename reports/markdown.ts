import type { Anomaly } from '../checkers/checker.js';
import type { Outcome } from '../harness/run/plan.js';
import { describe } from './describe.js';
import { notProven } from './proven.js';
import { askedWords, recoveryWords } from './fault-words.js';
import { followsLine, groupsIn, type FoundGroup } from './groups.js';
import { operationsOf } from './operation.js';
import { standingOf } from './standing.js';
import { count, duration, inline, moment, plural } from './text.js';
import { checkName, spanOf, type ReportInput } from './view.js';

/** GitHub refuses a step summary beyond 1 MiB; stay well below it. */
export const MAX_MARKDOWN_BYTES = 1_000_000;
const MAX_ANOMALIES = 20;
const MAX_OPERATIONS = 12;
const MAX_EXPLANATION = 24;

const WORDS: Readonly<Record<Outcome, string>> = {
  valid: 'Valid',
  invalid: 'Violation found',
  inconclusive: 'Inconclusive',
  'harness-error': 'The test itself failed',
};

/** A summary for a CI page or a chat: verdict, anomalies with their operations, what was tested, how to repeat it. */
export function renderMarkdown(input: ReportInput): string {
  const blocks = [
    headline(input),
    anomalies(input),
    checks(input),
    faults(input),
    operations(input),
    notes(input),
    repeat(input),
  ];
  return cutToSize(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

/** The text, or as many of its lines as GitHub takes, with a word about the rest. */
export function cutToSize(text: string): string {
  if (Buffer.byteLength(text) <= MAX_MARKDOWN_BYTES) return text;
  const cut = Buffer.from(text)
    .subarray(0, MAX_MARKDOWN_BYTES - 200)
    .toString('utf8');
  return `${cut.slice(0, cut.lastIndexOf('\n'))}\n\nCut here: the summary would be longer than ${count(MAX_MARKDOWN_BYTES)} bytes. The HTML report has everything.\n`;
}

function headline({ plan, results }: ReportInput): string {
  const lines = [`## ${WORDS[results.outcome]}: ${escape(results.sentence, 600)}`];
  if (results.harnessError !== undefined) lines.push('', `Harness: ${escape(results.harnessError, 600)}`);
  if (plan !== undefined) {
    const { system } = plan;
    const judged = plan.consistency === undefined ? '' : `, judged against ${escape(plan.consistency)}`;
    lines.push(
      '',
      `${escape(system.name)}, ${plural(system.nodes, 'node')}; workloads ${plan.workloads.map(({ name }) => escape(name)).join(', ')}; ` +
        `claims ${escape(system.claims.consistency)}${judged}; seed ${plan.seed}.`,
    );
  }
  return lines.join('\n');
}

function anomalies({ results, history }: ReportInput): string {
  const spanNs = spanOf(history);
  const { groups, others } = groupsIn(results);
  const found: readonly FoundGroup[] = [...groups, ...others.map((root) => ({ root, follows: [] }))];
  if (found.length === 0) return '';
  const blocks = found.slice(0, MAX_ANOMALIES).map((group, position) => {
    const { check, anomaly } = group.root;
    const allowed = position < groups.length ? '' : ', not counted as a violation';
    const follows = followsLine(group);
    const title = `**${position + 1}. ${escape(anomaly.kind, 80)}** (${escape(checkName(check), 120)}${allowed}): ${escape(anomaly.sentence, 1_000)}`;
    const proof = operationsOf(history, anomaly.operations.slice(0, MAX_OPERATIONS * 2)).slice(0, MAX_OPERATIONS);
    const doubt = notProven(anomaly).map((line) => `\n\n${escape(line, 400)}`);
    const consequences = follows === undefined ? '' : `\n\n${escape(follows, 600)}`;
    const told = `${explanationOf(anomaly)}${doubt.join('')}${consequences}`;
    if (proof.length === 0) return `${title}${told}`;
    const rows = proof.map((operation) => [
      `#${operation.index}`,
      code(describe(operation, 120)),
      operation.key === undefined ? '' : code(operation.key),
      `${escape(operation.processName ?? String(operation.process), 40)}${operation.node === undefined ? '' : ` on ${escape(operation.node, 40)}`}`,
      operation.outcome === 'info' ? 'unknown' : operation.outcome,
      moment(operation.startTime, spanNs),
      operation.endTime === undefined ? 'open' : duration(operation.endTime - operation.startTime),
    ]);
    return `${title}${told}\n\n${table(['Id', 'Operation', 'Key', 'Process', 'Outcome', 'Invoked', 'Took'], rows)}`;
  });
  const more =
    found.length > MAX_ANOMALIES
      ? [`${plural(found.length - MAX_ANOMALIES, 'more anomaly', 'more anomalies')} in the HTML report.`]
      : [];
  return ['### Anomalies', ...blocks, ...more].join('\n\n');
}

/** Why that cannot be, step by step, where the checker told it. */
function explanationOf({ explanation = [] }: Anomaly): string {
  if (explanation.length === 0) return '';
  const lines = explanation.slice(0, MAX_EXPLANATION).map((line) => inline(line, 400));
  const left = explanation.length - lines.length;
  const more = left > 0 ? [`… ${plural(left, 'more line', 'more lines')} in the HTML report`] : [];
  return `\n\n${fenced([...lines, ...more].join('\n'), 'text')}`;
}

function checks({ results }: ReportInput): string {
  if (results.checks.length === 0) return '';
  const rows = results.checks.map((check) => [
    escape(checkName(check), 120),
    check.verdict.validity === 'unknown' ? `undecided: ${escape(check.verdict.reason, 300)}` : check.verdict.validity,
    check.required ? 'yes' : 'no',
    [...check.verdict.checked.slice(0, 8), ...standingOf(check.verdict)].map((line) => escape(line, 200)).join('<br>'),
    check.verdict.notChecked
      .slice(0, 8)
      .map((line) => escape(line, 200))
      .join('<br>'),
  ]);
  return `### Checks\n\n${table(['Check', 'Verdict', 'Required', 'Decided', 'Not checked'], rows)}`;
}

function faults({ results }: ReportInput): string {
  if (results.faults.length === 0) return '### Faults\n\nNo fault was injected.';
  const effective = results.faults.filter((fault) => fault.effective).length;
  const rows = results.faults
    .slice(0, 60)
    .map((fault) => [
      `${fault.id}`,
      escape(fault.kind, 60),
      escape(askedWords(fault), 200),
      escape(fault.description, 160),
      fault.effective ? 'bit' : '**no effect**',
      fault.healed ? 'yes' : '**no**',
      escape(recoveryWords(fault), 300),
    ]);
  const more =
    results.faults.length > 60 ? `\n\n${plural(results.faults.length - 60, 'more fault')} in the HTML report.` : '';
  const heading = `### Faults\n\n${effective} of ${plural(results.faults.length, 'fault')} demonstrably bit.`;
  return `${heading}\n\n${table(['Fault', 'Kind', 'Asked for', 'What', 'Effect', 'Healed', 'Recovery'], rows)}${more}`;
}

function operations({ results }: ReportInput): string {
  const kinds = new Map<string, { ok: number; fail: number; info: number }>();
  for (const { workload, f, ok, fail, info } of results.counts) {
    const name = workload === undefined ? f : `${workload} ${f}`;
    const sum = kinds.get(name) ?? { ok: 0, fail: 0, info: 0 };
    kinds.set(name, { ok: sum.ok + ok, fail: sum.fail + fail, info: sum.info + info });
  }
  if (kinds.size === 0) return '';
  const rows = [...kinds]
    .slice(0, 100)
    .map(([name, { ok, fail, info }]) => [escape(name, 120), count(ok), count(fail), count(info)]);
  return `### Operations\n\n${table(['Operation', 'ok', 'failed', 'unknown'], rows)}`;
}

function notes({ results }: ReportInput): string {
  if (results.notes.length === 0) return '';
  return `### Notes of the harness\n\n${results.notes
    .slice(0, 50)
    .map((note) => `- ${escape(note, 400)}`)
    .join('\n')}`;
}

function repeat({ plan }: ReportInput): string {
  return plan === undefined ? '' : `### Repeat\n\n${fenced(inline(plan.command, 4_000), 'sh')}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text on one line in which nothing is markup, HTML, a mention or an issue link. */
export function escape(text: string, maxLength = 200): string {
  return inline(text, maxLength)
    .replace(/[\\`*_{}[\]<>()#+!|~$^-]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/@/g, '@\u2060')
    .replace(/:\/\//g, ':\u2060//');
}

/** A code span; the pipe would end a table's cell even inside one. */
export function code(text: string, maxLength = 160): string {
  const harmless = inline(text, maxLength).replace(/\|/g, '\u00a6');
  const longest = Math.max(0, ...[...harmless.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${harmless}\`` : `${fence} ${harmless} ${fence}`;
}

function fenced(text: string, language: 'sh' | 'text'): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
