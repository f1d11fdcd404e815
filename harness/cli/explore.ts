import { join } from 'node:path';
import pc from 'picocolors';
import { composeNemeses } from '../../nemesis/compose.js';
import { type Laboratory, runAnew } from '../explore/laboratory.js';
import { type Coverage, PHASES, ROLES } from '../explore/search/coverage.js';
import { explore, type Explored } from '../explore/search/explore.js';
import type { SearchSpace } from '../explore/search/idea.js';
import { Blind, Guided } from '../explore/search/search.js';
import { shows, signatureText } from '../explore/signature.js';
import { EXIT, UserError } from '../kit/errors.js';
import { nemeses } from '../registry.js';
import { type Arguments, command } from './command.js';
import { Display } from './display.js';
import { listenForInterrupts } from './execute.js';
import { type PreparedTest, prepareTest, seedLine } from './prepare.js';
import { laboratoryFor } from './recorded.js';
import { names } from './settings.js';
import { testOptions } from './test.js';

/** Those of a test, but for what a search decides itself. */
const { workloads, nodes, concurrency, rate, recovery, seed, set, consistency, out } = testOptions;
const options = {
  ...{ workloads, nodes, concurrency, rate, recovery, seed, set, consistency, out },
  'warm-up': testOptions['warm-up'],
  'operation-timeout': testOptions['operation-timeout'],
  'time-budget': testOptions['time-budget'],
  'memory-budget': testOptions['memory-budget'],
  'witness-budget': testOptions['witness-budget'],
  nemeses: {
    ...testOptions.nemeses,
    default: ['kill,pause,partition'] as string[],
    describe: 'kinds of fault to search with',
  },
  'time-limit': {
    ...testOptions['time-limit'],
    default: 12,
    describe: 'seconds of operations under faults, of one run',
  },
  runs: { type: 'number', default: 100, describe: 'most runs' },
  faults: { type: 'number', default: 6, describe: 'most faults of one run' },
  blind: { type: 'boolean', default: false, describe: 'faults at random times instead, to compare' },
} as const;

type ExploreArguments = Arguments<typeof options>;

/** What a test may be told of its schedule, and a search not. */
const DECIDED = {
  ...{ schedule: undefined, faultLength: undefined, 'fault-length': undefined, faultPause: undefined },
  ...{ 'fault-pause': undefined, faultsAtOnce: 1, 'faults-at-once': 1, failFast: false, 'fail-fast': false },
} as const;

export const exploreCommand = command({
  command: 'explore <system>',
  describe: 'Search for a schedule of faults that breaks a promise, guided by what was hit: which role, in which phase',
  positionals: { system: { describe: 'the database (faultline list systems)' } },
  options,
  examples: [
    ['$0 explore simulated --set bug=hasty-new-leader', 'a window of milliseconds after an election'],
    ['$0 explore etcd -w register,bank -n kill,partition,pause --runs 30', 'a real one, half an hour'],
  ],
  run: async (args) => {
    const display = new Display();
    const interrupt = listenForInterrupts(display);
    try {
      const test = await prepareTest(String(args['system']), { ...args, ...DECIDED }, 'searched');
      display.log(seedLine(test.plan));
      const laboratory = await laboratoryFor(test, args, display, interrupt.signal);
      await search(test, { ...laboratory, observer: {} }, args, display);
    } finally {
      interrupt.stop();
      display.end();
    }
  },
});

async function search(
  { plan, system }: PreparedTest,
  laboratory: Laboratory,
  args: ExploreArguments,
  display: Display,
): Promise<void> {
  const space = spaceOf({ plan, system }, args);
  const sight = system.deterministic === true ? 'inside' : 'outside';
  const strategy = args.blind ? new Blind(space, plan.seed) : new Guided(space, sight, plan.seed);
  const explored = await explore({
    ...{ plan: { ...plan, schedule: [] }, space, strategy, laboratory },
    maxRuns: positive('--runs', args.runs, 100_000),
    progress: (run, { outcome }) =>
      display.status(`run ${run}: ${outcome}; ${strategy.coverage.covered} combinations hit`, `run ${run}`),
  });
  display.end();
  console.log(tableOf(strategy.coverage, space));
  await conclude(explored, laboratory);
}

function spaceOf({ plan, system }: Pick<PreparedTest, 'plan' | 'system'>, args: ExploreArguments): SearchSpace {
  const terrain = { system: system.name, abilities: system.abilities, nodes: plan.system.nodes };
  const kinds = composeNemeses(names(args.nemeses), nemeses, terrain);
  if (kinds.length === 0) throw new UserError('-n: name at least one kind of fault (faultline list nemeses)');
  return {
    nemeses: kinds,
    nodes: Array.from({ length: plan.system.nodes }, (_, at) => `n${at + 1}`),
    timeLimitMs: plan.timeLimitMs,
    faults: positive('--faults', args.faults, 100),
  };
}

function positive(flag: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UserError(`${flag} ${value}: expected an integer from 1 to ${most}`);
}

/** Runs what was found once more, with its faults at the times that they came to, and keeps that run. */
async function conclude({ found, runs, operations }: Explored, laboratory: Laboratory): Promise<void> {
  const spent = `${runs} runs, ${operations.toLocaleString('en-US')} operations`;
  if (found === undefined) {
    console.log(`nothing was violated in ${spent}`);
    return;
  }
  const { results, store } = found.run ?? (await runAnew(found.plan, laboratory));
  const again = shows(results, found.signature) ? '' : ' (not so when it was run once more: try faultline replay)';
  console.log(`${pc.red('✗')} ${signatureText(found.signature)} after ${spent}${again}`);
  console.log(results.sentence);
  console.log(`\nreport  ${join(store.directory, 'report.html')}\nshrink  faultline shrink ${store.directory}`);
  process.exitCode = EXIT.invalid;
}

/** How often each kind of fault hit each role in each phase. */
function tableOf(coverage: Coverage, { nemeses: kinds }: SearchSpace): string {
  const columns = ROLES.flatMap((role) => PHASES.map((phase) => ({ role, phase })));
  const hit = columns.filter((moment) => kinds.some(({ name }) => coverage.hits(moment, name) > 0));
  const lines = hit.map((moment) => {
    const counts = kinds.map(({ name }) => String(coverage.hits(moment, name)).padStart(Math.max(name.length, 4)));
    return `${`${moment.role} in ${moment.phase}`.padEnd(24)} ${counts.join('  ')}`;
  });
  const head = `${pc.dim('hit, by kind of fault'.padEnd(24))} ${kinds.map(({ name }) => name.padStart(4)).join('  ')}`;
  const idle = kinds.filter(({ name }) => columns.every((moment) => coverage.hits(moment, name) === 0));
  const missing = idle.map(({ name }) => `${pc.yellow('!')} ${name} never hit anything: raise --runs or --time-limit`);
  return [head, ...lines, ...missing, ''].join('\n');
}
