import { join } from 'node:path';
import pc from 'picocolors';
import { describeSeries } from '../../reports/trend/chart.js';
import { writeComparison, writeTrend } from '../../reports/trend/write.js';
import { readArchive, readRun } from '../archive/read.js';
import { EXIT, UserError } from '../kit/errors.js';
import { command } from './command.js';

const options = {
  out: { type: 'string', describe: 'directory for the pages (default: <directory>/trend)' },
  compare: { type: 'string', array: true, nargs: 2, describe: 'two runs to set side by side, in compare.html' },
  strict: {
    type: 'boolean',
    default: false,
    describe: 'exit with 1 where something got worse beyond chance, for CI',
  },
} as const;

export const trendCommand = command({
  command: 'trend <directory>',
  describe: 'What many runs say together: verdicts by night, first bad run, changes of recovery, throughput, latency',
  positionals: { directory: { describe: 'a directory of runs and suites' } },
  options,
  examples: [
    ['$0 trend runs', 'pages in runs/trend/'],
    ['$0 trend runs --compare runs/A runs/B', 'two runs side by side'],
  ],
  run: async (args) => {
    const directory = String(args['directory']);
    const out = args.out ?? join(directory, 'trend');
    if (args.compare !== undefined) {
      const [a, b] = await Promise.all(args.compare.slice(0, 2).map(readRun));
      console.log(await writeComparison(a, b, out));
      return;
    }
    const archive = await readArchive(directory);
    if (archive.runs.length === 0) throw new UserError(`${directory}: no runs in it; name a directory of runs`);
    const { configurations, nights } = await writeTrend(archive, out);
    for (const trouble of archive.troubles) console.error(`${pc.yellow('!')} ${trouble}`);
    console.log(`${archive.runs.length} runs of ${configurations.length} configurations over ${nights.length} nights`);
    let regressions = 0;
    for (const { configuration, series, verdicts, runs } of configurations) {
      if (verdicts.kind === 'regression') {
        regressions++;
        console.log(`${pc.red('✗')} ${configuration.label}: violations since ${runs[verdicts.at].plan.runId}`);
      } else if (verdicts.kind === 'flake') console.log(`${pc.yellow('?')} ${configuration.label}: a flake`);
      for (const each of series.filter(({ change }) => change !== undefined)) {
        const worse = each.change!.verdict === 'regression';
        if (worse) regressions++;
        console.log(
          `${worse ? pc.red('✗') : pc.green('✓')} ${configuration.label}: ${each.name}: ${describeSeries(each)}`,
        );
      }
    }
    console.log(`  index    ${join(out, 'index.html')}`);
    if (args.strict && regressions > 0) process.exitCode = EXIT.invalid;
  },
});
