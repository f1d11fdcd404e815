import { readHistory } from '../../history/formats/read.js';
import { UserError } from '../../kit/errors.js';
import type { Plan } from '../../run/plan.js';
import type { Share } from '../confidence.js';
import { shareOf } from '../confidence.js';
import { type Laboratory, type Rerun } from '../laboratory.js';
import { replayAttempts } from '../replay.js';
import { testFor } from '../sequential-test.js';
import { anomaliesLike, type Signature, signatureText } from '../signature.js';
import { slower } from './clients.js';
import { fewerNodes, oneWorkload } from './cluster.js';
import { fewerFaults, shorterFaults } from './faults.js';
import { OneRun, Sequential } from './judges.js';
import {
  aroundEvidence,
  fewerClients,
  fewerKeys,
  fewerOperations,
  prescribed,
  withoutFinalReads,
  withoutIdleThreads,
} from './operations.js';
import { type Failing, type Pass, Shrinking } from './shrinking.js';
import { type Size, sizeOf } from './size.js';
import { laterStart, shorterRun, shorterWarmUp, squeezed } from './time.js';

export interface ShrinkRequest {
  /** That failed. */
  readonly plan: Plan;
  readonly signature: Signature;
  readonly laboratory: Laboratory;
  /** Of the cluster, for candidates. */
  readonly maxRuns: number;
  /** Of the original at first, and of what it was shrunk to at last, on systems where the seed does not decide all. */
  readonly attempts: number;
  readonly progress?: (plan: Plan) => void;
}

export interface Shrunk {
  /** The smallest plan found that still fails as the original did. */
  readonly plan: Plan;
  readonly before: Size;
  readonly after: Size;
  /** For candidates. */
  readonly runs: number;
  /** How often the plan failed in runs that had no part in choosing it. */
  readonly share: Share;
  /** Those runs, with their run directories. */
  readonly reruns: readonly Rerun[];
  readonly ended: 'nothing smaller fails' | 'out of runs' | 'interrupted';
}

/** In this order, again and again until none makes it smaller: what is reduced first need not be run again and again. */
const PASSES: readonly Pass[] = [
  oneWorkload,
  fewerFaults,
  shorterRun,
  withoutFinalReads,
  prescribed,
  aroundEvidence,
  laterStart,
  fewerKeys,
  fewerClients,
  fewerOperations,
  slower,
  fewerNodes,
  withoutIdleThreads,
  shorterWarmUp,
  shorterFaults,
  squeezed,
];
const MOST_ROUNDS = 5;

/**
 * Makes a failing plan as small as it can be and still fail in the same way. Every step is a plan that was seen to fail,
 * so whatever ends the search, the result fails too. Throws a {@link UserError} where the original does not fail again.
 */
export async function shrink(request: ShrinkRequest): Promise<Shrunk> {
  const { signature, laboratory } = request;
  const { system, nemeses } = laboratory;
  const { original, judge } = await (system.deterministic === true ? exactly(request) : repeatedly(request));
  const shrinking = new Shrinking(original, judge, signature, system, nemeses, request.progress);
  let smallest = false;
  for (let round = 0; round < MOST_ROUNDS && !smallest && !judge.exhausted; round++) {
    const before = shrinking.plan;
    for (const pass of PASSES) if (!judge.exhausted) await pass(shrinking);
    // Where there were no runs left, nothing smaller was not tried.
    smallest = shrinking.plan === before && !judge.exhausted;
  }
  const { reruns, share } = await confirmed(shrinking, request);
  const interrupted = laboratory.signal?.aborted === true;
  return {
    plan: shrinking.plan,
    before: sizeOf(original.plan, original.history),
    after: sizeOf(shrinking.plan, shrinking.current.history),
    ...{ runs: judge.runs, share, reruns },
    ended: interrupted ? 'interrupted' : smallest ? 'nothing smaller fails' : 'out of runs',
  };
}

/** The original once more, on a system where the seed decides everything. */
async function exactly({ plan, ...question }: ShrinkRequest) {
  const judge = new OneRun(question);
  const original = await judge.failing(plan);
  if (original === undefined) throw notAgain(question.signature, 1);
  return { original, judge };
}

/** The original a few times: how often it fails says how often a candidate should. */
async function repeatedly({ plan, signature, laboratory, maxRuns, attempts }: ShrinkRequest) {
  const { reruns, share } = await replayAttempts({ plan, attempts, signature, laboratory });
  const failed = reruns.find(({ results }) => anomaliesLike(results, signature).length > 0);
  if (failed === undefined) throw notAgain(signature, reruns.length);
  const { history } = await readHistory(failed.store.historyPath, { format: 'jsonl' });
  const original: Failing = { plan, history, anomalies: anomaliesLike(failed.results, signature) };
  const test = testFor(share.times, share.of);
  return { original, judge: new Sequential({ signature, laboratory, maxRuns }, test) };
}

/**
 * Runs that had no part in choosing the plan. One that does not fail in any of them was chosen by luck: then the one
 * before it counts.
 */
async function confirmed(shrinking: Shrinking, { signature, laboratory, attempts }: ShrinkRequest) {
  // A first Ctrl-C ends the search; what it has come to is confirmed all the same, once.
  const interrupted = laboratory.signal?.aborted === true;
  const exact = laboratory.system.deterministic === true;
  const patient: Laboratory = interrupted ? { ...laboratory, signal: new AbortController().signal } : laboratory;
  for (;;) {
    const { reruns, share } = await replayAttempts({
      ...{ plan: shrinking.plan, signature },
      attempts: exact || interrupted ? 1 : attempts,
      laboratory: patient,
    });
    if (share.times > 0 || reruns.length === 0 || !shrinking.back()) {
      return { reruns, share: reruns.length === 0 ? shareOf(0, 0) : share };
    }
  }
}

function notAgain(signature: Signature, attempts: number): UserError {
  const tries = attempts === 1 ? 'when it was run again' : `in ${attempts} attempts`;
  return new UserError(
    `${signatureText(signature)} did not show ${tries}: there is nothing to shrink by; try faultline replay --attempts`,
  );
}
