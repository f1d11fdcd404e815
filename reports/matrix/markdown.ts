import { cutToSize, escape, table } from '../markdown.js';
import type { Matrix, MatrixCell, MatrixRow } from './matrix.js';

export const OBSERVED: Readonly<Record<MatrixRow['observed'], string>> = {
  broken: 'broken',
  allowed: 'seen, and allowed',
  'not-found': 'not found',
};

/** The matrix for a README or a wiki: found of attempts in each cell. */
export function renderMatrixMarkdown(matrix: Matrix): string {
  const head = ['System', 'Setting', 'Claimed', 'Anomaly', 'Observed', ...matrix.faults.map((fault) => escape(fault))];
  const rows = matrix.rows.map((row) => [
    escape(row.system),
    escape(row.setting) || '–',
    escape(row.claimed),
    escape(row.anomaly),
    row.observed === 'broken' ? `**${OBSERVED.broken}**` : OBSERVED[row.observed],
    ...matrix.faults.map((fault) => shown(row.cells[fault])),
  ]);
  const note = `Found of attempts, over ${matrix.runs} runs. Not found in so many attempts is no proof of absence.`;
  return cutToSize(`## Consistency under faults\n\n${note}\n\n${table(head, rows)}\n`);
}

/** `2 of 5`. */
export function shown(cell: MatrixCell | undefined): string {
  return cell === undefined ? '' : `${cell.found} of ${cell.attempts}`;
}
