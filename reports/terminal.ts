import Table from 'cli-table3';
import colors from 'picocolors';
import type { Anomaly, Verdict } from '../checkers/checker.js';
import type { FaultRecord } from '../harness/history/faults.js';
import type { Json } from '../harness/history/operation.js';
import type { Outcome } from '../harness/run/plan.js';
import { describe } from './describe.js';
import { notProven } from './proven.js';
import { recoveryWords } from './fault-words.js';
import { followsLine, groupsIn, type FoundGroup } from './groups.js';
import { operationsOf, type ReportedOperation } from './operation.js';
import { openOf, standingOf } from './standing.js';
import { count, duration, inline, moment, plural, shorten } from './text.js';
import { checkName, spanOf, type ReportInput } from './view.js';

export interface TerminalOptions {
  /** Columns to stay within. */
  readonly width: number;
  readonly color: 'on' | 'off';
  /** Files to point to at the end, by what they are: `report`, `history`. */
  readonly paths: Readonly<Record<string, string>>;
}

const MAX_ANOMALIES = 5;
const MAX_OPERATIONS = 10;
const MAX_EXPLANATION = 24;
const MAX_FAULTS = 20;
type Paint = ReturnType<typeof colors.createColors>;

const WORDS: Readonly<Record<Outcome, string>> = {
  valid: 'VALID',
  invalid: 'INVALID',
  inconclusive: 'INCONCLUSIVE',
  'harness-error': 'HARNESS ERROR',
};

/** The final verdict for a terminal: the sentence first, then proof, then where to read on. No trailing line break. */
export function renderTerminal(input: ReportInput, { width, color, paths }: TerminalOptions): string {
  const paint = colors.createColors(color === 'on');
  const columns = Math.max(40, width);
  const blocks = [
    verdict(input, paint, columns),
    ...anomalies(input, paint, columns),
    checks(input, paint, columns),
    summary(input, paint, columns),
    pathList(paths, paint),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function verdict({ results }: ReportInput, paint: Paint, columns: number): string {
  const tone = { valid: paint.green, invalid: paint.red, inconclusive: paint.yellow, 'harness-error': paint.magenta }[
    results.outcome
  ];
  const lines = [`${tone(paint.bold(WORDS[results.outcome]))}`, wrap(inline(results.sentence, 1_000), columns, '')];
  if (results.harnessError !== undefined)
    lines.push(wrap(`Harness: ${inline(results.harnessError, 600)}`, columns, ''));
  return lines.join('\n');
}

function anomalies({ results, history }: ReportInput, paint: Paint, columns: number): string[] {
  const { groups, others } = groupsIn(results);
  // Of what is no violation, a node that did not come back is a finding all the same.
  const away = others.filter(({ anomaly }) => anomaly.kind === 'unavailable');
  const found: readonly FoundGroup[] = [...groups, ...away.map((root) => ({ root, follows: [] }))];
  const blocks = found.slice(0, MAX_ANOMALIES).map((group, position) => {
    const { check, anomaly } = group.root;
    const follows = followsLine(group);
    const title = `${position + 1}. ${paint.bold(inline(anomaly.kind, 60))} ${paint.dim(`(${inline(checkName(check), 80)})`)}`;
    const sentence = wrap(inline(anomaly.sentence, 1_000), columns - 3, '   ');
    const proof = operationsOf(history, anomaly.operations.slice(0, MAX_OPERATIONS * 2));
    return [
      title,
      sentence,
      ...explanationOf(anomaly, columns),
      ...notProven(anomaly).map((line) => wrap(inline(line, 400), columns - 3, '   ')),
      ...(proof.length === 0 ? [] : [operationTable(proof.slice(0, MAX_OPERATIONS), spanOf(history), columns, paint)]),
      ...(follows === undefined ? [] : [wrap(follows, columns - 3, '   ')]),
    ].join('\n');
  });
  if (found.length > MAX_ANOMALIES)
    blocks.push(`${plural(found.length - MAX_ANOMALIES, 'more anomaly', 'more anomalies')} in the report.`);
  return blocks;
}

/** Why that cannot be, step by step, where the checker told it; indented as it came. */
function explanationOf({ explanation = [] }: Anomaly, columns: number): string[] {
  const lines = explanation.slice(0, MAX_EXPLANATION).map((line) => {
    const indent = ' '.repeat(3 + line.length - line.trimStart().length);
    return wrap(inline(line.trim(), 600), columns - indent.length, indent);
  });
  const left = explanation.length - lines.length;
  return left > 0 ? [...lines, `   … ${plural(left, 'more line', 'more lines')} in the report`] : lines;
}

function operationTable(
  operations: readonly ReportedOperation[],
  spanNs: number,
  columns: number,
  paint: Paint,
): string {
  const hasKeys = operations.some(({ key }) => key !== undefined);
  const head = ['id', 'operation', ...(hasKeys ? ['key'] : []), 'process', 'outcome', 'invoked', 'took'];
  const rows = operations.map((operation) => [
    `#${operation.index}`,
    describe(operation, 200),
    ...(hasKeys ? [shorten(inline(operation.key ?? '', 40), 12)] : []),
    shorten(
      `${inline(operation.processName ?? String(operation.process), 20)}${operation.node === undefined ? '' : ` on ${inline(operation.node, 20)}`}`,
      14,
    ),
    operation.outcome === 'info' ? 'unknown' : operation.outcome,
    moment(operation.startTime, spanNs),
    operation.endTime === undefined ? 'open' : duration(operation.endTime - operation.startTime),
  ]);
  const widthOf = (column: number) => Math.max(...[head, ...rows].map((row) => row[column].length));
  const others = head.map((_, column) => (column === 1 ? 0 : widthOf(column))).reduce((sum, width) => sum + width, 0);
  // What is left for the words, after the other columns and three spaces before each.
  const room = Math.max(10, columns - others - head.length * GAP);
  const table = new Table({
    head: head.map((name) => paint.dim(name)),
    style: { head: [], border: [], compact: true },
    chars: BORDERLESS,
  });
  for (const [id, words, ...rest] of rows) table.push([id, shorten(words, room), ...rest]);
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return lines.filter((line) => line !== '').join('\n');
}

/** One space of padding on each side of a cell and one between cells. */
const GAP = 3;
const NO_BORDER = [
  'mid',
  'left-mid',
  'mid-mid',
  'right-mid',
  'right',
  'top',
  'top-mid',
  'top-left',
  'top-right',
] as const;
const NO_BOTTOM = ['bottom', 'bottom-mid', 'bottom-left', 'bottom-right'] as const;
const BORDERLESS = {
  ...Object.fromEntries([...NO_BORDER, ...NO_BOTTOM].map((name) => [name, ''])),
  left: '  ',
  middle: ' ',
};

function checks({ results }: ReportInput, paint: Paint, columns: number): string {
  const tone = { valid: paint.green, invalid: paint.red, unknown: paint.yellow };
  return results.checks
    .map((check) => {
      const { verdict: found, required } = check;
      const reason = found.validity === 'unknown' ? `: ${found.reason}` : '';
      const aside = required ? '' : ', for information';
      const name = inline(checkName(check), 80);
      const text = shorten(inline(`${found.validity}${aside}${reason}`, 400), Math.max(20, columns - name.length - 2));
      return [
        `${name}  ${tone[found.validity](text)}`,
        ...[...survival(found), ...weaker(found), ...standingOf(found), ...openOf(found)].map((line) =>
          wrap(line, columns, '  '),
        ),
      ];
    })
    .flat()
    .join('\n');
}

/** What a restore brought back, and what it could not. */
function survival({ details }: Verdict): string[] {
  const told = details['survival'];
  if (!Array.isArray(told)) return [];
  return (told as readonly Json[]).slice(0, MAX_FAULTS).flatMap((one) => {
    const { sentence } = (one ?? {}) as { readonly sentence?: Json };
    return typeof sentence === 'string' ? [inline(sentence, 500)] : [];
  });
}

/** What holds of a history all the same, where a checker found that out. */
function weaker({ details }: Verdict): string[] {
  const found = details['weaker'];
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return [];
  const names = (list: Json | undefined) => (Array.isArray(list) && list.length > 0 ? list.join(', ') : undefined);
  const { holds, broken, stalestMs, stalestVersions } = found as Readonly<Record<string, Json>>;
  const lines = [`still holds: ${names(holds) ?? 'nothing weaker that was tried'}`];
  const others = names(broken);
  if (others !== undefined) lines.push(`broken too: ${others}`);
  if (typeof stalestMs === 'number' && Number(stalestVersions) > 0) {
    lines.push(
      `stalest read: ${plural(Number(stalestVersions), 'version', 'versions')}, ${duration(stalestMs * 1e6)} behind`,
    );
  }
  return lines.map((line) => inline(line, 400));
}

function summary({ plan, results }: ReportInput, paint: Paint, columns: number): string {
  const effective = results.faults.filter((fault) => fault.effective).length;
  const sum = (outcome: 'ok' | 'fail' | 'info') => results.counts.reduce((total, counts) => total + counts[outcome], 0);
  const lines = [
    results.faults.length === 0
      ? 'Faults: none injected'
      : `Faults: ${effective} of ${results.faults.length} demonstrably bit`,
    ...recovery(results.faults, columns),
    results.counts.length === 0
      ? ''
      : `Operations: ${count(sum('ok'))} ok, ${count(sum('fail'))} failed, ${count(sum('info'))} unknown`,
    plan === undefined ? '' : `Seed: ${plan.seed}`,
    plan === undefined ? '' : `Repeat: ${inline(plan.command, 2_000)}`,
    ...results.notes.slice(0, 10).map((note) => paint.dim(wrap(`Note: ${inline(note, 300)}`, columns, ''))),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

/** Fault by fault, how long after its healing what worked again. */
function recovery(faults: readonly FaultRecord[], columns: number): string[] {
  const lines = faults
    .slice(0, MAX_FAULTS)
    .map((fault) => shorten(`  ${fault.id}. ${inline(fault.kind, 40)}: ${recoveredAfter(fault)}`, columns));
  return faults.length > MAX_FAULTS
    ? [...lines, `  … ${plural(faults.length - MAX_FAULTS, 'more fault')} in the report`]
    : lines;
}

const recoveredAfter = (fault: FaultRecord): string =>
  fault.healedTime === undefined ? 'not healed' : `recovery ${recoveryWords(fault)}`;

function pathList(paths: TerminalOptions['paths'], paint: Paint): string {
  const longest = Math.max(0, ...Object.keys(paths).map((name) => name.length));
  return Object.entries(paths)
    .map(([name, path]) => `${paint.dim(name.padEnd(longest))}  ${path}`)
    .join('\n');
}

/** Breaks at spaces so that no line is longer than there is room for, indented. */
function wrap(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => indent + each).join('\n');
}
