import type { Attempt } from './attempt.js';
import { commandOf, FINDINGS, type Finding } from './findings.js';

/** All attempts so far at a finding and its control, by the finding's number. */
export type Measured = Readonly<
  Record<string, { readonly find: readonly Attempt[]; readonly control: readonly Attempt[] }>
>;

/** What was measured of a finding with the commands it has now. */
export function current({ find, control }: Finding, runs: Measured[string] | undefined): Measured[string] {
  return {
    find: (runs?.find ?? []).filter(({ command }) => command === commandOf(find)),
    control: (runs?.control ?? []).filter(({ command }) => command === commandOf(control)),
  };
}

/** docs/track-record.md. */
export function pageOf(measured: Measured): string {
  return [
    '# Track record',
    '',
    'Published weaknesses that Faultline finds by itself: one command for each, and one for its control, the same test where',
    'the weakness must not show. Made by `npx tsx bench/track-record.ts` from `bench/track-record/findings.ts`; times are from',
    'the first operation to the one that completes the proof, medians, on two shared cores.',
    '',
    '| # | finding | found | first hit | named | control |',
    '| - | ------- | ----- | --------- | ----- | ------- |',
    ...FINDINGS.map((finding) => rowOf(finding, current(finding, measured[finding.number]))),
    '',
    '`found`: runs that ended invalid and named the anomaly. `control`: runs that ended valid. Every run was made with a seed of',
    `its own.${loadOf(measured)}`,
    '',
    ...FINDINGS.flatMap((finding) => sectionOf(finding, current(finding, measured[finding.number]))),
  ].join('\n');
}

/** A machine that is busy with other things makes few operations, and finds what takes luck more rarely. */
function loadOf(measured: Measured): string {
  const loads = FINDINGS.flatMap((finding) => {
    const { find, control } = current(finding, measured[finding.number]);
    return [...find, ...control].map(({ load }) => load);
  });
  if (loads.length === 0) return '';
  return ` The machine was busy with other work, too: a load of ${Math.min(...loads)} to ${Math.max(...loads)} when they began.`;
}

type Runs = Measured[string];

function rowOf({ number, title, pace }: Finding, runs: Runs): string {
  const hits = runs.find.filter(found);
  const kinds = [...new Set(hits.flatMap(({ kinds: each }) => each))].join(', ');
  const cells = [
    `${number}`,
    `${title}${pace === 'quick' ? ' (in CI)' : ''}`,
    share(runs.find, found),
    hits.length === 0 ? '–' : seconds(median(hits.map(({ firstHitMs }) => firstHitMs!))),
    kinds || '–',
    share(runs.control, ({ outcome }) => outcome === 'valid'),
  ];
  return `| ${cells.join(' | ')} |`;
}

function sectionOf({ number, title, published, find, control }: Finding, runs: Runs): string[] {
  const example = runs.find.find(found);
  const version = Object.entries(example?.versions ?? {}).find(([name]) => name === find.system)?.[1];
  return [
    `## ${number}. ${title}`,
    '',
    `Described in: ${published}.${version === undefined ? '' : ` Seen in ${version}.`}`,
    '',
    '```sh',
    commandOf(find),
    commandOf(control) + ' # control',
    '```',
    '',
    ...(example === undefined ? [] : [`> ${example.sentence}`, '']),
  ];
}

export const found = ({ outcome, firstHitMs }: Attempt): boolean => outcome === 'invalid' && firstHitMs !== undefined;

function share(attempts: readonly Attempt[], counts: (attempt: Attempt) => boolean): string {
  if (attempts.length === 0) return 'not run';
  return `${attempts.filter(counts).length} of ${attempts.length}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}
