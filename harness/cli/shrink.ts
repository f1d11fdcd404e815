import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { shareText } from '../explore/confidence.js';
import { type Laboratory, runAnew } from '../explore/laboratory.js';
import { shrink, type Shrunk } from '../explore/shrink/shrink.js';
import { sizeText } from '../explore/shrink/size.js';
import { type Signature, signatureOf, signatureText } from '../explore/signature.js';
import { EXIT, UserError } from '../kit/errors.js';
import type { Plan } from '../run/plan.js';
import { saveJson } from '../run/store.js';
import { type Arguments, command } from './command.js';
import { Display } from './display.js';
import { listenForInterrupts } from './execute.js';
import { laboratoryFor, loadRecorded, planToRepeat, type Recorded, verdictOn } from './recorded.js';

const options = {
  'max-runs': {
    type: 'number',
    describe: 'most runs spent on smaller candidates (default: 2000 on the simulated system, 100 on real ones)',
  },
  attempts: {
    alias: 'k',
    type: 'number',
    default: 5,
    describe: 'runs of the original at first and of the result at last, on real systems',
  },
  to: { type: 'string', describe: 'where to write the smallest plan (default: shrunk.json beside the plan)' },
  'time-budget': { type: 'number', default: 60, describe: 'seconds a checker may take before it says unknown' },
  'memory-budget': { type: 'number', default: 4096, describe: 'MiB a checker may use before it says unknown' },
  out: { type: 'string', default: 'runs', describe: 'directory for run directories' },
} as const;

type ShrinkArguments = Arguments<typeof options>;

export const shrinkCommand = command({
  command: 'shrink <run>',
  describe: 'Make a failing run as small as it can be and still fail in the same way',
  positionals: { run: { describe: 'a run directory that was found invalid, or a plan' } },
  options,
  examples: [
    ['$0 shrink runs/latest', 'fewer faults, then shorter, fewer keys, clients, operations and nodes'],
    ['$0 replay runs/latest/shrunk.json', 'what is left of it, again'],
  ],
  run: async (args) => {
    const path = String(args['run']);
    const recorded = await loadRecorded(path);
    const display = new Display();
    const interrupt = listenForInterrupts(display);
    try {
      const maxRuns = positive('--max-runs', args.maxRuns ?? defaultRuns(recorded));
      const attempts = positive('--attempts', args.attempts);
      const known = await knownFailure(recorded, args, path);
      const laboratory = calm(await laboratoryFor(recorded, args, display, interrupt.signal), display);
      const signature = known ?? (await failureOf(recorded.plan, laboratory, attempts, path));
      display.log(`looking for the smallest run that shows ${signatureText(signature)}`);
      const shrunk = await shrink({
        plan: await planToRepeat(recorded),
        ...{ signature, laboratory, maxRuns, attempts },
        progress: ({ schedule, operations }) =>
          display.status(`${schedule.length} faults, ${operations?.length ?? 'all'} operations`, 'shrinking'),
      });
      const file = args.to ?? join(statSync(path).isDirectory() ? path : dirname(path), 'shrunk.json');
      await saveJson(file, { ...shrunk.plan, command: `faultline replay ${file}`, reproduction: shrunk.share });
      display.end();
      console.log(textOf(shrunk, signature, recorded, file));
      process.exitCode = EXIT.invalid;
    } finally {
      interrupt.stop();
      display.end();
    }
  },
});

const MOST = 1_000_000;

function positive(flag: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw new UserError(`${flag} ${value}: expected an integer from 1 to ${MOST}`);
}

function defaultRuns({ system }: Recorded): number {
  return system.deterministic === true ? 2000 : 100;
}

/** Candidates come and go by the hundred: only trouble is worth a line. */
function calm(laboratory: Laboratory, display: Display): Laboratory {
  return { ...laboratory, observer: { trouble: (line) => display.log(`${pc.yellow('!')} ${line}`) } };
}

/** What the run is known to have violated; undefined for a plan alone, of which nothing is known. */
async function knownFailure(recorded: Recorded, args: ShrinkArguments, path: string): Promise<Signature | undefined> {
  const results = await verdictOn(recorded, args);
  const signature = results && signatureOf(results);
  if (results !== undefined && signature === undefined) throw passing(path, results.outcome);
  return signature;
}

async function failureOf(plan: Plan, laboratory: Laboratory, attempts: number, path: string): Promise<Signature> {
  const tries = laboratory.system.deterministic === true ? 1 : attempts;
  for (let attempt = 1; attempt <= tries; attempt++) {
    laboratory.signal?.throwIfAborted();
    const { results } = await runAnew(plan, laboratory);
    const signature = signatureOf(results);
    if (signature !== undefined) return signature;
  }
  throw passing(path, 'not found to violate anything');
}

function passing(path: string, outcome: string): UserError {
  return new UserError(
    `${path}: the run was ${outcome}: there is no violation to shrink; choose a run that was invalid`,
  );
}

function textOf(shrunk: Shrunk, signature: Signature, { system }: Recorded, file: string): string {
  const { before, after, runs, share, reruns, ended } = shrunk;
  const always = 'every run: the seed decides everything';
  const lines = [
    `${pc.red('✗')} ${signatureText(signature)} needs no more than ${pc.bold(sizeText(after))}`,
    pc.dim(`  it was ${sizeText(before)}; ${runs} runs, until ${REASONS[ended]}`),
    `  reproduces in ${system.deterministic === true ? always : shareText(share)}`,
    '',
    `plan    ${file}`,
    ...reruns.slice(0, 1).map(({ store }) => `report  ${join(store.directory, 'report.html')}`),
    `again   faultline replay ${file}`,
  ];
  return lines.join('\n');
}

const REASONS = {
  'nothing smaller fails': 'nothing smaller failed any more',
  'out of runs': '--max-runs was reached',
  interrupted: 'it was interrupted',
} as const;
