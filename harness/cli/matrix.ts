import { join } from 'node:path';
import pc from 'picocolors';
import { writeMatrix } from '../../reports/matrix/write.js';
import { readArchive } from '../archive/read.js';
import { UserError } from '../kit/errors.js';
import { command } from './command.js';

export const matrixCommand = command({
  command: 'matrix <directory>',
  describe: 'Systems × settings × anomalies × faults: what was found in how many attempts, claimed beside observed',
  positionals: { directory: { describe: 'a directory of runs and suites' } },
  options: { out: { type: 'string', describe: 'directory for the pages (default: <directory>/matrix)' } },
  examples: [['$0 matrix runs', 'matrix.html, matrix.md and matrix.json in runs/matrix/']],
  run: async (args) => {
    const directory = String(args['directory']);
    const out = args.out ?? join(directory, 'matrix');
    const archive = await readArchive(directory);
    if (archive.runs.length === 0) throw new UserError(`${directory}: no runs in it; name a directory of runs`);
    const { rows, runs } = await writeMatrix(archive.runs, out);
    for (const trouble of archive.troubles) console.error(`${pc.yellow('!')} ${trouble}`);
    const broken = rows.filter(({ observed }) => observed === 'broken').length;
    console.log(`${rows.length} rows from ${runs} runs, ${broken} of them broken promises`);
    console.log(`  page     ${join(out, 'matrix.html')}`);
  },
});
