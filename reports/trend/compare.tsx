import type { ArchivedRun } from '../../harness/archive/archive.js';
import { configurationOf } from '../../harness/archive/archive.js';
import type { Fare } from '../../harness/archive/metrics.js';
import type { Assets } from '../client/assets.js';
import { Section, Table, Value } from '../sections/section.js';
import { OutcomeMark } from '../site/outcome.js';
import { sitePage } from '../site/site.js';
import { inline, percent } from '../text.js';
import { middle } from './change.js';
import { quantity } from './chart.js';
import { reportOf } from './page.js';

/** compare.html: two runs side by side, from what was tested to how clients fared under each kind of fault. */
export function comparePage(a: ArchivedRun, b: ArchivedRun, from: string, assets: Assets): string {
  const heads = [a, b].map((run) => <a href={reportOf(run, from)}>{inline(run.plan.runId, 120)}</a>);
  const kinds = [...new Set([a, b].flatMap(({ metrics }) => Object.keys(metrics?.faults ?? {})))].sort();
  return sitePage(
    {
      title: 'Two runs',
      subject: 'two runs side by side',
      navigation: [
        ['#tested', 'Tested'],
        ['#checks', 'Checks'],
        ['#fared', 'How clients fared'],
      ],
      kind: 'file',
      body: (
        <>
          <h1>Two runs side by side</h1>
          <Section id="tested" title="What was tested">
            <Table
              label="Table of what was tested"
              head={['What', ...heads]}
              rows={[
                ['Verdict', ...[a, b].map(({ results }) => <OutcomeMark outcome={results?.outcome ?? 'running'} />)],
                ['Says', ...[a, b].map(({ results }) => inline(results?.sentence ?? '', 300))],
                ['Configuration', ...[a, b].map(({ plan }) => inline(configurationOf(plan).label, 200))],
                ['Seed', ...[a, b].map(({ plan }) => <Value>{String(plan.seed)}</Value>)],
                ['Begun', ...[a, b].map(({ plan }) => inline(plan.createdAt))],
                ['Versions', ...[a, b].map(({ plan }) => versionsOf(plan.system.versions))],
                ['Faults that bit', ...[a, b].map(bitten)],
              ]}
            />
          </Section>
          <Section id="checks" title="Checks">
            <Table label="Table of checks" head={['Check', ...heads]} rows={checkRows(a, b)} />
          </Section>
          <Section
            id="fared"
            title="How clients fared"
            lead="Without faults, and while one of each kind was in place. Two runs differ by chance too: trends tell that apart."
          >
            <Table
              label="Table of how clients fared"
              head={['When', 'What', ...heads, 'Change']}
              numeric={[2, 3, 4]}
              rows={[
                ...fareRows('no fault', a.metrics?.calm, b.metrics?.calm),
                ...kinds.flatMap((kind) => fareRows(kind, a.metrics?.faults[kind], b.metrics?.faults[kind])),
              ]}
            />
          </Section>
        </>
      ),
    },
    assets,
  );
}

function versionsOf(versions: Readonly<Record<string, string>>): string {
  return inline(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join('; '),
    300,
  );
}

function bitten({ results }: ArchivedRun): string {
  const faults = results?.faults ?? [];
  return `${faults.filter(({ effective }) => effective).length} of ${faults.length}`;
}

function checkRows(a: ArchivedRun, b: ArchivedRun): (readonly string[])[] {
  const said = ({ results }: ArchivedRun) =>
    new Map(
      (results?.checks ?? []).map(({ workload, checker, verdict }) => {
        const kinds = [...new Set(verdict.anomalies.map(({ kind }) => kind))].join(', ');
        return [`${workload ?? 'run'}: ${checker}`, `${verdict.validity}${kinds === '' ? '' : ` (${kinds})`}`];
      }),
    );
  const [ofA, ofB] = [said(a), said(b)];
  return [...new Set([...ofA.keys(), ...ofB.keys()])].map((name) => [
    inline(name, 120),
    inline(ofA.get(name) ?? 'not made', 200),
    inline(ofB.get(name) ?? 'not made', 200),
  ]);
}

type Fared = Fare & { readonly recoveryMs?: readonly number[] };

function fareRows(when: string, a: Fared | undefined, b: Fared | undefined): (readonly string[])[] {
  const rows: readonly (readonly [string, (fare: Fared) => number | null, (value: number) => string])[] = [
    ['throughput', ({ throughputHz }) => throughputHz, (value) => quantity(value, '1/s')],
    ['availability', ({ availability }) => availability, percent],
    ['median latency', ({ p50Ms }) => p50Ms, (value) => quantity(value, 'ms')],
    ['p99 latency', ({ p99Ms }) => p99Ms, (value) => quantity(value, 'ms')],
    [
      'recovery after it',
      ({ recoveryMs = [] }) => (recoveryMs.length === 0 ? null : middle(recoveryMs)),
      (value) => quantity(value, 'ms'),
    ],
  ];
  return rows.flatMap(([what, read, show]) => {
    const values = [a, b].map((fare) => (fare === undefined ? null : read(fare)));
    if (values.every((value) => value === null)) return [];
    const [before, after] = values;
    const change = before === null || after === null || before === 0 ? '' : `${(after / before).toFixed(2)} ×`;
    return [[inline(when, 60), what, ...values.map((value) => (value === null ? '–' : show(value))), change]];
  });
}
