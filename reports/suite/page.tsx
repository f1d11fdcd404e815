import type { CellResult, SuiteResults } from '../../harness/suite/suite.js';
import type { Assets } from '../client/assets.js';
import { Section, Table, Value } from '../sections/section.js';
import { OutcomeMark } from '../site/outcome.js';
import { FilterChoice, FilterSearch, Filters } from '../site/filters.js';
import { sitePage } from '../site/site.js';
import { duration, inline } from '../text.js';
import { claimSentence } from './claim.js';
import { faultsText } from './faults.js';

/** index.html of a suite's directory: what is wrong, every cell with links to its runs, what may be claimed. */
export function suitePage(results: SuiteResults, assets: Assets): string {
  return sitePage(
    {
      title: `${results.outcome}: suite ${inline(results.name, 80)}`,
      subject: `suite ${inline(results.name, 80)}${results.shard === undefined ? '' : `, shard ${results.shard}`}`,
      navigation: [
        ['#cells', 'Cells'],
        ['#claims', 'Claims'],
      ],
      kind: 'file',
      body: <Body results={results} />,
    },
    assets,
  );
}

function Body({ results }: { results: SuiteResults }) {
  const lengthNs = (Date.parse(results.endedAt) - Date.parse(results.startedAt)) * 1e6;
  return (
    <>
      <section class={`banner ${results.outcome}`} aria-label="Verdict">
        <div class="verdict">
          <div>
            <p class="word">
              <OutcomeMark outcome={results.outcome} />
            </p>
            <h1>{inline(results.sentence, 600)}</h1>
          </div>
        </div>
        <dl class="figures">
          <Figure name="Begun" value={results.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')} />
          <Figure name="Took" value={duration(lengthNs)} />
          <Figure name="Cells" value={String(results.cells.length)} />
          <Figure name="Runs" value={String(results.cells.reduce((sum, cell) => sum + cell.attempts.length, 0))} />
        </dl>
      </section>
      <Section id="cells" title="Cells" lead="What was not expected comes first. Every attempt links to its report.">
        <Filters table="cells-table">
          <FilterSearch table="cells-table" />
          <FilterChoice
            table="cells-table"
            name="outcome"
            label="Outcome"
            values={['valid', 'invalid', 'inconclusive', 'harness-error', 'not-run']}
          />
        </Filters>
        <CellTable cells={results.cells} />
      </Section>
      <Section
        id="claims"
        title="What these runs allow one to claim"
        lead="A test that found nothing has not shown that there is nothing; so many runs bound how often it happens."
      >
        <Table
          label="Table of claims"
          head={['Configuration', 'Runs', 'Violations', 'So']}
          numeric={[1, 2]}
          rows={results.claims.map((claim) => [
            inline(claim.configuration, 200),
            String(claim.runs),
            String(claim.violations),
            claimSentence(claim),
          ])}
        />
      </Section>
    </>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function CellTable({ cells }: { cells: readonly CellResult[] }) {
  const ordered = [...cells].sort((a, b) => Number(a.asExpected) - Number(b.asExpected));
  return (
    <div class="table scroll" tabindex={0} role="region" aria-label="Table of cells">
      <table id="cells-table">
        <thead>
          <tr>
            {['Outcome', 'Cell', 'What it says', 'Faults that bit', 'Seed', 'Runs'].map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.map((result) => (
            <Row result={result} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ result: { cell, outcome, asExpected, sentence, attempts } }: { result: CellResult }) {
  const note =
    outcome === 'invalid' && asExpected ? 'known' : !asExpected && outcome === 'valid' ? 'not found' : undefined;
  return (
    <tr data-outcome={outcome}>
      <td>
        <OutcomeMark outcome={outcome} note={note} />
      </td>
      <td>
        <Value>{cell.id}</Value>
      </td>
      <td>{inline(sentence, 300)}</td>
      <td>{faultsText(attempts)}</td>
      <td class="number">{cell.seed}</td>
      <td>
        {attempts.map(({ directory, number, outcome: each }) =>
          directory === undefined ? (
            <span>{each} </span>
          ) : (
            <a href={encodeURI(`${directory}/report.html`)}>
              {number}: {each}
            </a>
          ),
        )}
      </td>
    </tr>
  );
}
