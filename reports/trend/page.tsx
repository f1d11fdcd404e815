import { posix, relative, sep } from 'node:path';
import type { ArchivedRun } from '../../harness/archive/archive.js';
import type { Assets } from '../client/assets.js';
import { Section, Table, Value } from '../sections/section.js';
import { OutcomeMark, outcomeSign } from '../site/outcome.js';
import { sitePage } from '../site/site.js';
import { inline, percent, plural } from '../text.js';
import { describeSeries, SeriesChart } from './chart.js';
import type { ConfigurationTrend, Trend } from './trend.js';

/** Nights in the matrix; older ones are in the pages of the configurations. */
const MAX_NIGHTS = 31;
const MAX_RUNS = 500;

/** index.html: what changed, then every configuration by night. `from` is the directory the page is written to. */
export function trendPage(trend: Trend, from: string, troubles: readonly string[], assets: Assets): string {
  return sitePage(
    {
      title: 'Trends',
      subject: `${plural(trend.configurations.length, 'configuration')} over ${plural(trend.nights.length, 'night')}`,
      navigation: [
        ['#changes', 'Changes'],
        ['#nights', 'Nights'],
      ],
      kind: 'file',
      heading: 'Trends',
      body: <Overview trend={trend} from={from} troubles={troubles} />,
    },
    assets,
  );
}

function Overview({ trend, from, troubles }: { trend: Trend; from: string; troubles: readonly string[] }) {
  // Newest first: what a person looks for in the morning needs no scrolling.
  const nights = trend.nights.slice(-MAX_NIGHTS).reverse();
  return (
    <>
      <Section id="changes" title="What changed" lead="Changes of level beyond chance; a single bad night is none.">
        <Changes trend={trend} from={from} />
      </Section>
      <Section
        id="nights"
        title="Verdicts by night"
        lead="The worst outcome of each night's runs. Every sign links to the run."
      >
        <div class="table scroll nights" tabindex={0} role="region" aria-label="Table of verdicts">
          <table>
            <thead>
              <tr>
                <th scope="col">Configuration</th>
                <th scope="col">Verdicts</th>
                {nights.map((night) => (
                  <th scope="col">
                    <abbr title={night}>{night.slice(5)}</abbr>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {trend.configurations.map((each) => (
                <NightsRow trend={each} nights={nights} from={from} />
              ))}
            </tbody>
          </table>
        </div>
        {trend.nights.length > nights.length && (
          <p class="aside">
            {plural(trend.nights.length - nights.length, 'older night')} in the configurations’ pages.
          </p>
        )}
        {troubles.length > 0 && (
          <details>
            <summary>{plural(troubles.length, 'run')} could not be read</summary>
            <ul>
              {troubles.slice(0, 50).map((trouble) => (
                <li>{inline(trouble, 300)}</li>
              ))}
            </ul>
          </details>
        )}
      </Section>
    </>
  );
}

function Changes({ trend, from }: { trend: Trend; from: string }) {
  const lines = trend.configurations.flatMap((each) => [
    ...verdictChange(each, from),
    ...each.series
      .filter(({ change }) => change !== undefined)
      .map((series) => (
        <li>
          <a href={`${each.id}.html`}>{inline(each.configuration.label, 200)}</a>: {inline(series.name)}.{' '}
          {describeSeries(series)}
        </li>
      )),
  ]);
  return lines.length === 0 ? <p>Nothing beyond chance.</p> : <ul class="changes">{lines}</ul>;
}

function verdictChange(trend: ConfigurationTrend, from: string) {
  const { verdicts, runs } = trend;
  if (verdicts.kind === 'steady') return [];
  const name = <a href={`${trend.id}.html`}>{inline(trend.configuration.label, 200)}</a>;
  if (verdicts.kind === 'flake') {
    return [
      <li>
        {name}: violations now and then, in {percent(verdicts.rate)} of runs, no more often than before (a flake; first{' '}
        <RunLink run={trend.firstBad!} from={from} />
        ).
      </li>,
    ];
  }
  const what = verdicts.kind === 'regression' ? 'violations since' : 'no longer violated as often since';
  return [
    <li>
      {name}: {what} <RunLink run={runs[verdicts.at]} from={from} /> (p = {verdicts.p.toFixed(4)}).
    </li>,
  ];
}

function NightsRow({ trend, nights, from }: { trend: ConfigurationTrend; nights: readonly string[]; from: string }) {
  return (
    <tr>
      <th scope="row">
        <a href={`${trend.id}.html`}>{inline(trend.configuration.label, 200)}</a>
      </th>
      <td>{trendWord(trend)}</td>
      {nights.map((night) => {
        const at = trend.nights.get(night);
        if (at === undefined) return <td class="cell none">·</td>;
        const { mark, word } = outcomeSign(at.outcome);
        const run = trend.runs.find(
          ({ plan, results }) => plan.createdAt.startsWith(night) && results!.outcome === at.outcome,
        )!;
        const words = `${night}: ${word}, ${at.invalid} of ${plural(at.runs, 'run')} invalid`;
        return (
          <td>
            <a class={`cell ${at.outcome}`} href={reportOf(run, from)} title={words} aria-label={words}>
              {mark}
            </a>
          </td>
        );
      })}
    </tr>
  );
}

function trendWord({ verdicts, anomalyRate }: ConfigurationTrend): string {
  const rate = anomalyRate === undefined ? '' : `, ${percent(anomalyRate)} of runs violated`;
  return verdicts.kind === 'steady' ? `always ${verdicts.what}` : `${verdicts.kind}${rate}`;
}

/** One configuration: its runs and everything measured. */
export function configurationPage(
  each: ConfigurationTrend,
  nights: readonly string[],
  from: string,
  assets: Assets,
): string {
  const { configuration, series, runs } = each;
  return sitePage(
    {
      title: configuration.label,
      subject: inline(configuration.label, 200),
      navigation: [
        ['index.html', 'All'],
        ['#measured', 'Measured'],
        ['#runs', 'Runs'],
      ],
      kind: 'file',
      body: (
        <>
          <h1>{inline(configuration.label, 300)}</h1>
          <p class="lead">
            {plural(runs.length, 'run')}, {trendWord(each)}. Faults that bit:{' '}
            {Object.entries(each.faults)
              .map(([kind, count]) => `${inline(kind, 40)} ${count}`)
              .join(', ') || 'none'}
            .
            {each.firstBad !== undefined && (
              <>
                {' '}
                First violation: <RunLink run={each.firstBad} from={from} />.
              </>
            )}
          </p>
          <Section id="measured" title="Measured" lead="Medians of each night; dashed where the level changed.">
            {series.length === 0 ? (
              <p>Nothing was measured.</p>
            ) : (
              series.map((one) => <SeriesChart series={one} nights={nights} />)
            )}
          </Section>
          <Section id="runs" title="Runs" lead={`The last ${Math.min(runs.length, MAX_RUNS)}, newest first.`}>
            <Table
              label="Table of runs"
              head={['Begun', 'Outcome', 'What it says', 'Seed', 'Run']}
              rows={runs
                .slice(-MAX_RUNS)
                .reverse()
                .map((run) => [
                  run.plan.createdAt.slice(0, 19).replace('T', ' '),
                  <OutcomeMark outcome={run.results!.outcome} />,
                  inline(run.results!.sentence, 300),
                  <Value>{String(run.plan.seed)}</Value>,
                  <RunLink run={run} from={from} />,
                ])}
            />
          </Section>
        </>
      ),
    },
    assets,
  );
}

function RunLink({ run, from }: { run: ArchivedRun; from: string }) {
  return <a href={reportOf(run, from)}>{inline(run.plan.runId, 120)}</a>;
}

/** Address of a run's report, relative to the page. */
export function reportOf({ directory }: ArchivedRun, from: string): string {
  return encodeURI(posix.join(relative(from, directory).split(sep).join('/'), 'report.html'));
}
