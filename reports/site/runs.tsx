import { relative, sep } from 'node:path';
import { type ArchivedRun, configurationOf } from '../../harness/archive/archive.js';
import type { Assets } from '../client/assets.js';
import { Section, Value } from '../sections/section.js';
import { inline, plural } from '../text.js';
import { FilterChoice, FilterSearch, Filters } from './filters.js';
import { OutcomeMark, type ShownOutcome } from './outcome.js';
import { sitePage } from './site.js';

/** Newest first; beyond this the page says so, and the search of the file system has to help. */
const MAX_RUNS = 2000;

export interface RunList {
  /** Of the archive; addresses are relative to it. */
  readonly root: string;
  readonly runs: readonly ArchivedRun[];
  readonly troubles: readonly string[];
}

/** The list that `faultline serve` begins with. */
export function runsPage({ root, runs, troubles }: RunList, assets: Assets): string {
  const newest = [...runs].reverse().slice(0, MAX_RUNS);
  const systems = [...new Set(runs.map(({ plan }) => plan.system.name))].sort();
  return sitePage(
    {
      title: 'Runs',
      subject: plural(runs.length, 'run'),
      navigation: [
        ['/files/trend/index.html', 'Trends'],
        ['/files/matrix/matrix.html', 'Matrix'],
      ],
      kind: 'live',
      heading: 'Runs',
      body: (
        <Section id="runs" title="All runs" lead={`${plural(runs.length, 'run')}, newest first.`}>
          <Filters table="runs-table">
            <FilterSearch table="runs-table" />
            <FilterChoice
              table="runs-table"
              name="outcome"
              label="Outcome"
              values={['valid', 'invalid', 'inconclusive', 'harness-error', 'running', 'damaged']}
            />
            <FilterChoice table="runs-table" name="system" label="System" values={systems} />
          </Filters>
          <div class="table scroll" tabindex={0} role="region" aria-label="Table of runs">
            <table id="runs-table">
              <thead>
                <tr>
                  {['Begun (UTC)', 'Outcome', 'Tested', 'What it says', 'Seed'].map((head) => (
                    <th scope="col">{head}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {newest.map((run) => (
                  <Row run={run} root={root} />
                ))}
                {troubles.map((trouble) => (
                  <DamagedRow trouble={trouble} />
                ))}
              </tbody>
            </table>
          </div>
          {runs.length > MAX_RUNS && <p class="aside">{plural(runs.length - MAX_RUNS, 'older run')} not listed.</p>}
        </Section>
      ),
    },
    assets,
  );
}

/** A run whose files do not say what it was. */
function DamagedRow({ trouble }: { trouble: string }) {
  return (
    <tr data-outcome="damaged" data-system="">
      <td>–</td>
      <td>
        <OutcomeMark outcome="damaged" />
      </td>
      <td>–</td>
      <td>{inline(trouble, 300)}</td>
      <td class="number">–</td>
    </tr>
  );
}

function Row({ run, root }: { run: ArchivedRun; root: string }) {
  const { plan, results } = run;
  const outcome: ShownOutcome = results?.outcome ?? 'running';
  const place = addressOf(run, root);
  return (
    <tr data-outcome={outcome} data-system={plan.system.name}>
      <td>
        <a href={results === undefined ? `/live/${place}` : `/files/${place}/report.html`}>
          {plan.createdAt.slice(0, 19).replace('T', ' ')}
        </a>
      </td>
      <td>
        <OutcomeMark outcome={outcome} />
      </td>
      <td>{inline(configurationOf(plan).label, 200)}</td>
      <td>{inline(results?.sentence ?? 'Not judged yet, or its harness was killed.', 300)}</td>
      <td class="number">
        <Value>{String(plan.seed)}</Value>
      </td>
    </tr>
  );
}

/** A run's place below the archive, as part of an address. */
export function addressOf({ directory }: Pick<ArchivedRun, 'directory'>, root: string): string {
  return relative(root, directory).split(sep).map(encodeURIComponent).join('/');
}
