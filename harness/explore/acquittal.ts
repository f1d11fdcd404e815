import type { SessionFamily } from '../../docker/system.js';
import type { Nemesis } from '../../nemesis/nemesis.js';
import type { Workload } from '../../workloads/workload.js';
import type { Json } from '../history/operation.js';
import { Random } from '../kit/random.js';
import type { Outcome } from '../run/plan.js';
import { attempt, type Exercise, type Means } from './proof.js';

/** What came of a store that keeps its promises. */
export interface Acquittal {
  readonly seed: number;
  readonly workload: string;
  /** `inconclusive`: nothing was found, and the run says itself that it proves too little. */
  readonly outcome: Outcome;
  readonly sentence: string;
  readonly operations: number;
}

/** Runs one seed on a store that keeps its promises; anything but `valid` and `inconclusive` is a false alarm. */
export async function acquit(exercise: Exercise, seed: number, means: Means): Promise<Acquittal> {
  const { results, history } = await attempt(exercise, seed, means);
  const { outcome, sentence, notes } = results;
  const words = [sentence, ...notes].join(' ');
  return { seed, workload: exercise.workload, outcome, sentence: words, operations: history.length >> 1 };
}

export function isFalseAlarm({ outcome }: Acquittal): boolean {
  return outcome !== 'valid' && outcome !== 'inconclusive';
}

/** Workloads whose checkers ask what was promised; the others demand linearizability, or money, at every level. */
const JUDGED_BY_LEVEL = ['append', 'wr', 'long-fork', 'write-skew'];
/** Levels of isolation that such a workload takes in turn over tables: it is held to what each promises. */
const LEVELS = ['strict-serializable', 'serializable', 'snapshot', 'repeatable-read', 'read-committed'];
/** Kinds of fault in one test. */
const KINDS = 2;

/**
 * The test of the correct store that a seed stands for: workloads, families and levels take turns, kinds of fault are
 * drawn; short, so that thousands can be run.
 */
export function correctExercise(seed: number, means: Means): Exercise {
  const { system } = means;
  const workloads = means.workloads.filter(({ clients }) => familiesOf(clients, system.families).length > 0);
  const workload = workloads[seed % workloads.length];
  const { name, clients } = workload;
  const families = familiesOf(clients, system.families);
  const turn = Math.floor(seed / workloads.length);
  const family = families[turn % families.length];
  const levels = family === 'sql' && JUDGED_BY_LEVEL.includes(name) ? LEVELS : LEVELS.slice(0, 1);
  const level = levels[Math.floor(turn / families.length) % levels.length];
  const [nemeses] = Random.fromSeed(seed)
    .fork('kinds of fault')
    .draw((dice) => dice.shuffle(fitting(means.nemeses, workload, means)).slice(0, KINDS));
  return {
    workload: name,
    options: {},
    nemeses: nemeses.map((each) => each.name),
    systemOptions: optionsOf(family, level),
    length: 'short',
  };
}

function optionsOf(family: SessionFamily, isolation: string): Readonly<Record<string, Json>> {
  return family === 'sql' || family === 'kv' ? { family, isolation } : {};
}

function familiesOf(clients: Workload['clients'], spoken: readonly SessionFamily[]): readonly SessionFamily[] {
  return spoken.filter((family) => clients[family] !== undefined);
}

/** What the system can suffer and the workload's checkers can judge: few can tell what a restore may lose. */
function fitting(nemeses: readonly Nemesis[], workload: Workload, { system }: Means): readonly Nemesis[] {
  const checkers = workload.checkers(workload.options.parse({}) as Readonly<Record<string, Json>>);
  const survives = checkers.every(({ checker, required }) => !required || checker.acrossRestores !== undefined);
  return nemeses
    .filter(({ needs }) => needs.every((ability) => system.abilities.includes(ability)))
    .filter(({ needs }) => survives || !needs.includes('backups'));
}
