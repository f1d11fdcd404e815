import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import pc from 'picocolors';
import { type Acquittal, isFalseAlarm } from '../explore/acquittal.js';
import { hunt, type Means, type Score } from '../explore/proof.js';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import { suggestion } from '../kit/suggest.js';
import { nemeses, runCheckers, workloads } from '../registry.js';
import type { Bug } from '../simulated/bugs/bug.js';
import { BUGS } from '../simulated/bugs/bugs.js';
import { simulated } from '../simulated/system.js';
import { command } from './command.js';
import { pageOf, type Scored } from './prove-page.js';
import { parseShare, trySeeds, trySeedsInParallel } from './prove-shares.js';
import { names } from './settings.js';

const options = {
  bug: {
    alias: 'b',
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'only these bugs, with commas (default: all, and the correct store)',
  },
  seeds: { type: 'number', default: 50, describe: 'most seeds to try for each bug' },
  correct: { type: 'number', describe: 'seeds to try on the correct store (default: as many as for each bug)' },
  jobs: { type: 'number', default: availableParallelism(), describe: 'processes to try the correct store on' },
  markdown: { type: 'string', describe: 'write the table to this file' },
  share: { type: 'string', hidden: true, describe: 'try a share of the seeds on the correct store, nothing else' },
} as const;

export const proveCommand = command({
  command: 'prove',
  describe: 'Plant every known bug into the simulated system and see whether the checkers find it',
  options,
  examples: [
    ['$0 prove --bug split-brain', 'one bug, and what it is called'],
    ['$0 prove --correct 10000 --jobs 4', 'all bugs, and ten thousand tests in which nothing may be found'],
  ],
  run: async ({ bug, seeds, correct = seeds, jobs, markdown, share }) => {
    for (const [name, value] of Object.entries({ seeds, correct, jobs })) {
      if (!Number.isInteger(value) || value < 1) throw new UserError(`--${name} ${value}: expected an integer from 1`);
    }
    if (share !== undefined) {
      await trySeeds(correct, parseShare(share), means, (acquittal) => console.log(JSON.stringify(acquittal)));
      return;
    }
    const wanted = names(bug);
    const all = wanted.length === 0;
    const scoring = () => scoreAll(all ? BUGS : wanted.map(bugNamed), seeds);
    const acquitting = () => (all ? tryCorrect(correct, jobs) : Promise.resolve([]));
    // Other processes can begin at once; this one does one thing after the other.
    const [scores, acquittals] =
      jobs === 1 ? [await scoring(), await acquitting()] : await Promise.all([scoring(), acquitting()]);
    if (markdown !== undefined) await save(markdown, pageOf(scores, acquittals, seeds));
    const missed = scores.filter(({ score }) => score.caught === undefined);
    if (missed.length > 0 || acquittals.some(isFalseAlarm)) process.exitCode = EXIT.invalid;
  },
});

const means: Means = { system: simulated, workloads, nemeses, checkers: runCheckers };

async function scoreAll(bugs: readonly Bug[], seeds: number): Promise<readonly Scored[]> {
  const scores: Scored[] = [];
  for (const bug of bugs) {
    const exercise = { ...bug.exposedBy, systemOptions: { bug: bug.name } };
    const score = await hunt(exercise, { checker: bug.caughtBy, kinds: bug.kinds }, { ...means, seeds });
    scores.push({ bug, score });
    console.log(lineOf(bug, score));
  }
  const caught = scores.filter(({ score }) => score.caught).length;
  console.log(`\n${caught} of ${scores.length} bugs caught`);
  return scores;
}

function lineOf({ name, caughtBy, kinds }: Bug, { caught, seeds, operations, alsoFound }: Score): string {
  const effort = pc.dim(`${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, ${operations.toLocaleString('en')} operations`);
  if (caught) return `${pc.green('✓')} ${name}: ${caughtBy} says ${caught.kinds.join(', ')} ${effort}`;
  const instead = alsoFound.length > 0 ? `; found instead ${alsoFound.join(', ')}` : '';
  return `${pc.red('✗')} ${name}: ${caughtBy} never said ${kinds.join(' or ')}${instead} ${effort}`;
}

/** How often a long campaign says how far it is. */
const TOLD_EVERY = 500;

async function tryCorrect(seeds: number, jobs: number): Promise<readonly Acquittal[]> {
  const acquittals: Acquittal[] = [];
  const tell = (acquittal: Acquittal) => {
    acquittals.push(acquittal);
    const { workload, seed, sentence } = acquittal;
    if (isFalseAlarm(acquittal)) {
      console.log(`${pc.red('✗')} the correct store, ${workload}, seed ${seed}: ${sentence}`);
    }
    if (acquittals.length % TOLD_EVERY === 0) console.log(pc.dim(`  ${acquittals.length} of ${seeds} seeds`));
  };
  if (jobs === 1) await trySeeds(seeds, { first: 1, of: 1 }, means, tell);
  else await trySeedsInParallel(seeds, Math.min(jobs, seeds), tell);
  const alarms = acquittals.filter(isFalseAlarm).length;
  const doubts = acquittals.filter(({ outcome }) => outcome === 'inconclusive').length;
  const mark = alarms === 0 ? pc.green('✓') : pc.red('✗');
  console.log(`${mark} the correct store: ${alarms} false alarms in ${seeds} seeds, ${doubts} inconclusive`);
  return acquittals;
}

function bugNamed(name: string): Bug {
  const bug = BUGS.find((each) => each.name === name);
  if (bug) return bug;
  const known = BUGS.map((each) => each.name);
  throw new UserError(`--bug ${name}: unknown bug${suggestion(name, known)}`);
}

async function save(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw new UserError(`--markdown ${path}: ${messageOf(error)}`, EXIT.harnessError, { cause: error });
  });
}
