import { EXIT, UserError } from '../kit/errors.js';
import { historyOfRun } from '../run/recheck.js';
import { RunStore } from '../run/store.js';
import { command } from './command.js';
import { pathsOf, writeRunReports } from './stored-run.js';
import { exitCodeOf, printVerdict } from './verdict.js';

export const reportCommand = command({
  command: 'report <run>',
  describe: 'Render the reports of a stored run again from its results',
  positionals: { run: { describe: 'a run directory, such as runs/latest' } },
  options: {},
  run: async (args) => {
    const store = new RunStore(String(args['run']));
    const [plan, results] = [await store.loadPlan(), await store.loadResults()];
    const history = await historyOfRun(store);
    const input = await writeRunReports(store, { plan, results, history }, (line) => {
      throw new UserError(line, EXIT.harnessError);
    });
    printVerdict(input, pathsOf(store));
    process.exitCode = exitCodeOf(results.outcome);
  },
});
