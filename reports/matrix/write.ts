import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ArchivedRun } from '../../harness/archive/archive.js';
import { loadAssets } from '../client/assets.js';
import { renderMatrixMarkdown } from './markdown.js';
import { type Matrix, matrixOf } from './matrix.js';
import { matrixPage } from './page.js';

/** Writes matrix.html, matrix.md and matrix.json. */
export async function writeMatrix(runs: readonly ArchivedRun[], directory: string): Promise<Matrix> {
  const matrix = matrixOf(runs);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'matrix.json'), `${JSON.stringify(machineReadable(matrix, directory), null, 2)}\n`);
  await writeFile(join(directory, 'matrix.md'), renderMatrixMarkdown(matrix));
  await writeFile(join(directory, 'matrix.html'), matrixPage(matrix, directory, await loadAssets()));
  return matrix;
}

/** Witnesses by their place instead of their whole run. */
function machineReadable({ runs, faults, rows }: Matrix, directory: string): object {
  return {
    runs,
    faults,
    rows: rows.map((row) => ({
      ...row,
      cells: Object.fromEntries(
        Object.entries(row.cells).map(([fault, { attempts, found, witness }]) => [
          fault,
          {
            attempts,
            found,
            ...(witness && {
              witness: {
                run: relative(directory, witness.run.directory),
                anomaly: witness.anomaly,
                operations: witness.operations,
              },
            }),
          },
        ]),
      ),
    })),
  };
}
