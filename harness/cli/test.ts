import { type Arguments, command } from './command.js';
import { Display } from './display.js';
import { WITNESS_BUDGET } from './budgets.js';
import { execute } from './execute.js';
import { prepareTest } from './prepare.js';

/** Flags of everything that runs a test. */
export const testOptions = {
  workloads: {
    alias: 'w',
    type: 'string',
    array: true,
    nargs: 1,
    default: ['register'],
    describe: 'what clients do, several at once with commas (faultline list workloads)',
  },
  nemeses: {
    alias: 'n',
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'what goes wrong, kill or kill:leader (faultline list nemeses)',
  },
  schedule: { type: 'string', describe: 'a file of faults with their times, or a plan.json, instead of -n' },
  nodes: { type: 'number', describe: 'nodes of the cluster (default: what suits the system)' },
  concurrency: {
    alias: 'c',
    type: 'string',
    default: '2n',
    describe: 'clients of each workload: a number, or a multiple of the nodes',
  },
  rate: { alias: 'r', type: 'number', default: 200, describe: 'operations a second, over all workloads' },
  'time-limit': { alias: 't', type: 'number', default: 60, describe: 'seconds of operations under faults' },
  'warm-up': { type: 'number', default: 3, describe: 'quiet seconds before the first fault' },
  recovery: { type: 'number', default: 30, describe: 'longest wait after everything healed, in seconds' },
  'operation-timeout': {
    type: 'number',
    default: 2000,
    describe: 'ms after which the outcome of an operation is unknown',
  },
  'fault-length': { type: 'number', describe: 'seconds a fault lasts' },
  'fault-pause': { type: 'number', describe: 'seconds between faults' },
  'faults-at-once': { type: 'number', default: 1, describe: 'faults in place at the same time, at most' },
  seed: { type: 'number', describe: 'decides operations, targets and schedule (default: drawn, and printed)' },
  set: {
    alias: 's',
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'option of the system (reads=serializable) or of a workload (bank.accounts=5)',
  },
  consistency: {
    type: 'string',
    describe: 'model to judge against (default: the workload’s own, or the system’s claim)',
  },
  'time-budget': { type: 'number', default: 300, describe: 'seconds a checker may take before it says unknown' },
  'memory-budget': { type: 'number', default: 4096, describe: 'MiB a checker may use before it says unknown' },
  'witness-budget': WITNESS_BUDGET,
  'fail-fast': {
    type: 'boolean',
    default: false,
    describe: 'end the test at the first violation; it is still healed, judged and reported',
  },
  out: { type: 'string', default: 'runs', describe: 'directory for run directories' },
} as const;

export type TestArguments = Arguments<typeof testOptions>;

export const testCommand = command({
  command: 'test <system>',
  describe: 'Launch a cluster, drive workloads against it under faults, judge it, write a report',
  positionals: { system: { describe: 'the database (faultline list systems)' } },
  options: testOptions,
  examples: [
    ['$0 test etcd -w bank,inventory,register -n partition,kill,pause', 'the main job'],
    ['$0 test etcd -w register --set reads=serializable -t 20', 'find stale reads'],
  ],
  run: async (args) => {
    const display = new Display();
    try {
      const test = await prepareTest(String(args['system']), args);
      await execute(test, args, display);
    } finally {
      display.end();
    }
  },
});
