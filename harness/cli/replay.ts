import pc from 'picocolors';
import type { Comparison } from '../explore/journals.js';
import { shareText } from '../explore/confidence.js';
import type { Laboratory } from '../explore/laboratory.js';
import { replayAttempts, replayExactly, type Replays } from '../explore/replay.js';
import { shows, signatureOf, signatureText } from '../explore/signature.js';
import { EXIT, UserError } from '../kit/errors.js';
import type { Outcome } from '../run/plan.js';
import { type Arguments, command } from './command.js';
import { Display } from './display.js';
import { listenForInterrupts } from './execute.js';
import { laboratoryFor, loadRecorded, planToRepeat, type Recorded, verdictOn } from './recorded.js';
import { exitCodeOf } from './verdict.js';

const options = {
  attempts: {
    alias: 'k',
    type: 'number',
    describe: 'how often to run it again (default: 5; once on a system where the seed decides everything)',
  },
  'time-budget': { type: 'number', default: 300, describe: 'seconds a checker may take before it says unknown' },
  'memory-budget': { type: 'number', default: 4096, describe: 'MiB a checker may use before it says unknown' },
  out: { type: 'string', default: 'runs', describe: 'directory for run directories' },
} as const;

const REAL_ATTEMPTS = 5;
const MOST_ATTEMPTS = 10_000;

export const replayCommand = command({
  command: 'replay <run>',
  describe: 'Run a recorded plan again: the same operations, faults and targets; how often does it fail again?',
  positionals: { run: { describe: 'a run directory, or a plan: plan.json, shrunk.json' } },
  options,
  examples: [
    ['$0 replay runs/latest', 'on the simulated system: byte for byte'],
    ['$0 replay runs/latest --attempts 10', 'on a real one: how many of ten attempts show the violation again'],
  ],
  run: async (args) => {
    const recorded = await loadRecorded(String(args['run']));
    const display = new Display();
    const interrupt = listenForInterrupts(display);
    try {
      const laboratory = await laboratoryFor(recorded, args, display, interrupt.signal);
      const exact = recorded.system.deterministic === true && (args.attempts ?? 1) === 1;
      if (exact) await once(recorded, laboratory, args, display);
      else await often(recorded, laboratory, args, display);
    } finally {
      interrupt.stop();
      display.end();
    }
  },
});

async function once(
  recorded: Recorded,
  laboratory: Laboratory,
  args: Arguments<typeof options>,
  display: Display,
): Promise<void> {
  const before = await verdictOn(recorded, args);
  const { rerun, comparison } = await replayExactly(recorded.plan, recorded.store?.historyPath, laboratory);
  const { results, store } = rerun;
  display.end();
  console.log(`${outcomeText(results.outcome)} ${results.sentence}`);
  if (comparison !== undefined) console.log(comparisonText(comparison));
  const signature = before && signatureOf(before);
  if (signature !== undefined) {
    const again = shows(results, signature) ? 'showed again' : pc.red('did not show again');
    console.log(`${signatureText(signature)} ${again}`);
  }
  console.log(`run ${store.directory}`);
  process.exitCode = comparison?.kind === 'different' ? EXIT.harnessError : exitCodeOf(results.outcome);
}

async function often(
  recorded: Recorded,
  laboratory: Laboratory,
  args: Arguments<typeof options>,
  display: Display,
): Promise<void> {
  const { attempts = REAL_ATTEMPTS } = args;
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MOST_ATTEMPTS) {
    throw new UserError(`--attempts ${attempts}: expected an integer from 1 to ${MOST_ATTEMPTS}`);
  }
  const before = await verdictOn(recorded, args);
  const signature = before && signatureOf(before);
  const plan = await planToRepeat(recorded);
  const issued = plan.operations === undefined ? 'operations of the same seed' : `${plan.operations.length} operations`;
  display.log(`issuing ${issued} and ${plan.schedule.length} faults again, ${attempts} times`);
  const replays = await replayAttempts({
    ...{ plan, attempts, signature, laboratory },
    progress: (attempt, { results, store }, shown) => {
      const mark = shown === 'shown' ? pc.red('✗ showed again') : pc.dim('· did not show');
      display.log(`attempt ${attempt} of ${attempts}: ${mark} (${results.outcome}) ${pc.dim(store.directory)}`);
    },
  });
  display.end();
  console.log(summaryOf(replays));
  process.exitCode = exitCodeAfter(replays);
}

function summaryOf({ share, signature }: Replays): string {
  const what = signature === undefined ? 'a violation' : signatureText(signature);
  if (share.of === 0) return `interrupted before an attempt was over: nothing is known about ${what}`;
  return `${what} showed in ${shareText(share)}`;
}

/** That it did not show again proves nothing, unless nothing had been violated and nothing was. */
function exitCodeAfter({ share, signature, reruns }: Replays): number {
  if (share.times > 0) return EXIT.invalid;
  if (signature !== undefined || reruns.length === 0) return EXIT.inconclusive;
  return Math.max(...reruns.map(({ results }) => exitCodeOf(results.outcome)));
}

function comparisonText(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'identical':
      return `${pc.green('✓')} byte for byte the same: ${comparison.events} events ${pc.dim(`sha256 ${comparison.sha256}`)}`;
    case 'cut-short':
      return `${pc.yellow('!')} the same as far as it was recorded: ${comparison.events} events, then the record is cut short`;
    case 'different': {
      const { line, recorded, replayed } = comparison;
      const texts = [recorded, replayed].map((text) => (text === '' ? '(its end)' : text.slice(0, 200)));
      return `${pc.red('✗')} differs from line ${line} of history.jsonl: recorded ${texts[0]}, replayed ${texts[1]}`;
    }
  }
}

function outcomeText(outcome: Outcome): string {
  const text = outcome.toUpperCase();
  return outcome === 'valid' ? pc.green(text) : pc.red(text);
}
