import { rm } from 'node:fs/promises';
import type { Workload } from '../../../workloads/workload.js';
import { readHistory } from '../../history/formats/read.js';
import type { Plan } from '../../run/plan.js';
import { type Laboratory, runAnew } from '../laboratory.js';
import { decide, type SequentialTest } from '../sequential-test.js';
import { anomaliesLike, type Signature } from '../signature.js';
import { runTrial } from '../trial.js';
import type { Failing, Judge } from './shrinking.js';

interface Question {
  readonly signature: Signature;
  readonly laboratory: Laboratory;
  /** Of the cluster, over all candidates. */
  readonly maxRuns: number;
}

/** Runs candidates until there is no budget left, or the user has enough. */
abstract class Counting implements Judge {
  runs = 0;

  constructor(protected readonly question: Question) {}

  get exhausted(): boolean {
    const { laboratory, maxRuns } = this.question;
    return this.runs >= maxRuns || laboratory.signal?.aborted === true;
  }

  abstract failing(plan: Plan): Promise<Failing | undefined>;

  /** One run, judged by the checker that found the original. */
  protected abstract run(plan: Plan): Promise<Failing | undefined>;
}

/** Seeds that a candidate is tried with: runs of few operations are over soon, and can be tried with many. */
const SEEDS = { generated: 4, least: 6, most: 24, operations: 1200 } as const;

/**
 * Where the seed decides everything, a run decides about a plan. But one operation less shifts every draw after it: all
 * messages take other times, another node is elected, and what still could fail does not. The seed is part of the plan
 * like anything else, so some are tried.
 */
export class OneRun extends Counting {
  async failing(plan: Plan): Promise<Failing | undefined> {
    for (let nth = 0; nth < seedsFor(plan) && !this.exhausted; nth++) {
      const failing = await this.run({ ...plan, seed: plan.seed + nth });
      if (failing !== undefined) return failing;
    }
    return undefined;
  }

  protected async run(plan: Plan): Promise<Failing | undefined> {
    this.runs++;
    const { signature, laboratory } = this.question;
    const workloads = laboratory.workloads.map((workload) => judgedBy(signature, workload));
    const { results, history } = await runTrial({ ...laboratory, workloads, plan });
    const anomalies = anomaliesLike(results, signature);
    return anomalies.length > 0 ? { plan, history, anomalies } : undefined;
  }
}

function seedsFor({ operations }: Plan): number {
  if (operations === undefined) return SEEDS.generated;
  return Math.min(SEEDS.most, Math.max(SEEDS.least, Math.round(SEEDS.operations / (operations.length + 1))));
}

/** On real systems a candidate is repeated until a sequential test has decided whether it fails often enough. */
export class Sequential extends Counting {
  constructor(
    question: Question,
    private readonly test: SequentialTest,
    /** Of one candidate. */
    private readonly mostRuns = 30,
  ) {
    super(question);
  }

  async failing(plan: Plan): Promise<Failing | undefined> {
    let seen: Failing | undefined;
    let times = 0;
    for (let of = 1; of <= this.mostRuns && !this.exhausted; of++) {
      const failing = await this.run(plan);
      if (failing !== undefined) {
        seen = failing;
        times++;
      }
      const decision = decide(this.test, times, of);
      if (decision === 'accept') return seen;
      if (decision === 'refuse') return undefined;
    }
    // Undecided is not good enough: a plan that may fail too rarely is no help.
    return undefined;
  }

  protected async run(plan: Plan): Promise<Failing | undefined> {
    this.runs++;
    const { signature, laboratory } = this.question;
    const { store, results } = await runAnew(plan, { ...laboratory, finished: () => Promise.resolve() });
    const anomalies = anomaliesLike(results, signature);
    const history =
      anomalies.length > 0 ? (await readHistory(store.historyPath, { format: 'jsonl' })).history : undefined;
    // Dozens of tries; those that matter are run once more in the end, and kept.
    await rm(store.directory, { recursive: true, force: true });
    return history && { plan, history, anomalies };
  }
}

/** Other checkers of the workload would cost time and could not change the answer. */
function judgedBy({ workload, checker }: Signature, of: Workload): Workload {
  if (of.name !== workload) return workload === undefined ? of : { ...of, checkers: () => [] };
  return { ...of, checkers: (options) => of.checkers(options).filter((each) => each.checker.name === checker) };
}
