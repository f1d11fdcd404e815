import type { Assets } from '../client/assets.js';
import { Section } from '../sections/section.js';
import { FilterChoice, FilterSearch, Filters } from '../site/filters.js';
import { sitePage } from '../site/site.js';
import { reportOf } from '../trend/page.js';
import { inline, plural } from '../text.js';
import { OBSERVED, shown } from './markdown.js';
import type { Matrix, MatrixCell, MatrixRow } from './matrix.js';

/** matrix.html; `from` is the directory it is written to. */
export function matrixPage(matrix: Matrix, from: string, assets: Assets): string {
  return sitePage(
    {
      title: 'Consistency matrix',
      subject: `${plural(matrix.rows.length, 'row')} from ${plural(matrix.runs, 'run')}`,
      navigation: [['#matrix', 'Matrix']],
      kind: 'file',
      heading: 'Consistency matrix',
      body: (
        <Section
          id="matrix"
          title="Consistency under faults"
          lead="In how many attempts each anomaly was found, by system, setting and fault; each find links to its smallest witness. Not found in so many attempts is no proof of absence."
        >
          <Filters table="matrix-table">
            <FilterSearch table="matrix-table" />
            <FilterChoice table="matrix-table" name="observed" label="Observed" values={Object.keys(OBSERVED)} />
          </Filters>
          <div class="table scroll" tabindex={0} role="region" aria-label="Table of anomalies">
            <table id="matrix-table">
              <thead>
                <tr>
                  {['System', 'Setting', 'Claimed', 'Anomaly', 'Observed', ...matrix.faults].map((head) => (
                    <th scope="col">{inline(head, 80)}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {matrix.rows.map((row) => (
                  <Row row={row} faults={matrix.faults} from={from} />
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      ),
    },
    assets,
  );
}

function Row({ row, faults, from }: { row: MatrixRow; faults: readonly string[]; from: string }) {
  const tone = row.observed === 'broken' ? 'invalid' : row.observed === 'allowed' ? 'inconclusive' : 'valid';
  return (
    <tr data-observed={row.observed}>
      <td>{inline(row.system, 60)}</td>
      <td>{inline(row.setting, 160)}</td>
      <td>{inline(row.claimed, 80)}</td>
      <td>{inline(row.anomaly, 80)}</td>
      <td>
        <span class={`cell ${tone}`}>{OBSERVED[row.observed]}</span>
      </td>
      {faults.map((fault) => (
        <td class="number">
          <Found cell={row.cells[fault]} from={from} />
        </td>
      ))}
    </tr>
  );
}

function Found({ cell, from }: { cell: MatrixCell | undefined; from: string }) {
  if (cell?.witness === undefined) return <>{shown(cell)}</>;
  const { run, anomaly } = cell.witness;
  return <a href={`${reportOf(run, from)}#anomaly-${anomaly}`}>{shown(cell)}</a>;
}
