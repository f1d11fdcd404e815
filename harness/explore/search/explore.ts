import { faultsOf, phasesOf } from '../../history/faults-of.js';
import { type History, INVOKE, NEMESIS } from '../../history/history.js';
import { readHistory } from '../../history/formats/read.js';
import { Random } from '../../kit/random.js';
import type { Plan, Results } from '../../run/plan.js';
import { askedIn } from '../../run/plan-making.js';
import { type Laboratory, type Rerun, runAnew } from '../laboratory.js';
import { recordedSchedule } from '../recorded-plan.js';
import { type Signature, signatureOf } from '../signature.js';
import { runTrial } from '../trial.js';
import { aimedNemesis, type Shot } from './aimed-nemesis.js';
import type { Hit } from './coverage.js';
import { type Idea, type Moment, scheduleOf, type SearchSpace } from './idea.js';
import { observedHits } from './observed.js';
import type { Strategy } from './search.js';

export interface ExploreRequest {
  /** Everything but the schedule, and the seed of the first run. */
  readonly plan: Plan;
  readonly space: SearchSpace;
  readonly strategy: Strategy;
  readonly laboratory: Laboratory;
  readonly maxRuns: number;
  readonly progress?: (run: number, results: Results) => void;
}

export interface Explored {
  /** Undefined when nothing was violated. */
  readonly found?: {
    readonly signature: Signature;
    /** With the faults when they really happened: it needs no aiming to be run again. */
    readonly plan: Plan;
    /** Where it was recorded; in virtual time nothing is kept. */
    readonly run?: Rerun;
  };
  readonly runs: number;
  /** Of clients, over all runs, without final reads. */
  readonly operations: number;
}

/** A run as a search sees it. */
interface Tried {
  readonly results: Results;
  readonly history: History;
  readonly hits: readonly Hit[];
  readonly missed: Idea;
  readonly seen: readonly Moment[];
  /** The plan as it came about. */
  readonly plan: Plan;
  readonly run?: Rerun;
}

/** Tries ideas of the strategy, each with a seed of its own, until a run is invalid. */
export async function explore(request: ExploreRequest): Promise<Explored> {
  const { plan, space, strategy, laboratory, maxRuns } = request;
  let operations = 0;
  for (let run = 1; run <= maxRuns && laboratory.signal?.aborted !== true; run++) {
    const idea = strategy.next();
    const seed = plan.seed + run - 1;
    const [schedule] = Random.fromSeed(seed)
      .fork('explore')
      .draw((dice) => scheduleOf(idea, space, dice));
    const tried = await attempt({ ...plan, seed, schedule, asked: askedIn(schedule) }, idea, laboratory);
    strategy.coverage.see(tried.seen);
    const spent = operationsIn(tried.history);
    strategy.learn(idea, { ...tried, operations: spent });
    operations += spent;
    request.progress?.(run, tried.results);
    const signature = signatureOf(tried.results);
    if (signature !== undefined)
      return { found: { signature, plan: tried.plan, ...(tried.run && { run: tried.run }) }, runs: run, operations };
  }
  return { runs: maxRuns, operations };
}

function attempt(plan: Plan, idea: Idea, laboratory: Laboratory): Promise<Tried> {
  return laboratory.system.deterministic === true ? insight(plan, idea, laboratory) : outside(plan, laboratory);
}

/** A run in virtual time, its faults waiting for their moments. */
async function insight(plan: Plan, idea: Idea, laboratory: Laboratory): Promise<Tried> {
  const shots: Shot[] = [];
  const aims = new Map(idea.map(({ aim }, at) => [at + 1, aim]));
  const nemeses = laboratory.nemeses.map((nemesis) => aimedNemesis(nemesis, aims, shots));
  const { results, history } = await runTrial({ ...laboratory, plan, nemeses });
  const missed = idea.filter((_, at) => plan.schedule[at] !== undefined && !shots.some(({ id }) => id === at + 1));
  const hits = shots.flatMap((shot) => shot.hits);
  const seen = shots.flatMap(({ before }) => before);
  return { results, history, hits, missed, seen, plan: asItWas(plan, history, shots) };
}

/** The plan with its faults at the times and on the nodes that they were aimed at. */
function asItWas(plan: Plan, history: History, shots: readonly Shot[]): Plan {
  const began = phasesOf(history).find(({ name }) => name === 'faults')?.startTime ?? 0;
  const recorded = recordedSchedule(plan, history);
  const schedule = shots.flatMap(({ id, time, order }) => {
    const fault = recorded.find(({ request }) => request.id === id);
    if (fault === undefined) return [];
    const atMs = (time - began) / 1e6;
    // Until it was healed, from when it really began.
    const forMs = Math.max(1, fault.forMs - (atMs - fault.atMs));
    return [{ request: { ...fault.request, order }, atMs, forMs }];
  });
  return { ...plan, schedule, asked: askedIn(schedule) };
}

/** A run on a cluster that cannot be looked into: what it hit is read from what it recorded. */
async function outside(plan: Plan, laboratory: Laboratory): Promise<Tried> {
  const run = await runAnew(plan, laboratory);
  const { results, store } = run;
  const { history } = await readHistory(store.historyPath, { format: 'jsonl' });
  return { results, history, hits: observedHits(faultsOf(history)), missed: [], seen: [], plan: run.plan, run };
}

/** Final reads are no part of the search, and where a cluster did not recover they are many. */
function operationsIn(history: History): number {
  const { types, processes, times } = history.columns;
  const endTime = phasesOf(history).find(({ name }) => name === 'final')?.startTime ?? Number.POSITIVE_INFINITY;
  let count = 0;
  for (let at = 0; at < history.length && times[at] < endTime; at++) {
    if (types[at] === INVOKE && processes[at] !== NEMESIS) count++;
  }
  return count;
}
