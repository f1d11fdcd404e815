import type { PhaseName } from '../history/faults.js';
import { after, nemesis, nothing, race, rate, reserve, tagged, timeLimit } from '../generator/combinators.js';
import type { Generator } from '../generator/generator.js';
import type { Clock } from '../kit/clock.js';
import { messageOf } from '../kit/errors.js';
import { Random } from '../kit/random.js';
import type { Assignment } from './cluster-connector.js';
import { assign, ClusterConnector, setUpWorkloads } from './cluster-connector.js';
import { Counters } from './counters.js';
import { recordDoubt, recordEnd } from './doubts.js';
import { Interpreter } from './interpreter.js';
import { NemesisDriver } from './nemesis-driver.js';
import { recordOutages } from './outages.js';
import { plannedOperations } from './planned-operations.js';
import type { Recorder } from './recorder.js';
import { RecoveryWatch } from './recovery.js';
import type { RunRequest } from './run.js';
import { scheduledFaults, untilOver } from './scheduled-faults.js';
import type { StatusMeter } from './status.js';
import { Triggers } from './triggers.js';
import { markWork } from './work-marks.js';

export interface Stage extends Omit<RunRequest, 'store'> {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly status: StatusMeter;
  /** Aborted when the journal takes no more. */
  readonly failed: AbortSignal;
}

/** Final reads end after so long, whatever is still to be read. */
const FINAL_MS = 60_000;
/** However long the cluster took to be ready again, operations get so long to succeed. */
const LEAST_RECOVERY_MS = 5000;
/** How often it is asked whether late faults are over. */
const LATE_LOOK_MS = 50;
/** Closing sessions and waiting for the cluster must not hold up the verdict. */
const CLOSE_MS = 5000;

/**
 * Takes a test through its phases: set up → warm-up → faults → heal → recovery → final reads. Safety first: whatever
 * happens, every fault is healed before this returns or throws.
 */
export async function conduct(stage: Stage): Promise<void> {
  const { plan, cluster, recorder, clock, status } = stage;
  const nodes = cluster.nodes.map(({ name }) => name);
  const random = Random.fromSeed(plan.seed);
  const assignments = assign(plan, stage.workloads, stage.families, nodes, random);
  await setUpWorkloads(cluster, assignments, plan.operationTimeoutMs, stage);
  await cluster.settle?.();

  const trouble = new AbortController();
  const stop = AbortSignal.any([stage.failed, trouble.signal, ...(stage.signal ? [stage.signal] : [])]);
  const counters = new Counters();
  const driver = new NemesisDriver(stage.nemeses, cluster, recorder, clock, counters, stop);
  status.currentFault = () => driver.current;
  const interpreter = new Interpreter({
    ...{ clock, recorder, counters },
    connector: new ClusterConnector(cluster, assignments, plan.operationTimeoutMs),
    concurrency: assignments.reduce((sum, { concurrency }) => sum + concurrency, 0),
    operationTimeoutMs: plan.operationTimeoutMs,
    nemesis: (invocation) => driver.perform(invocation),
  });
  try {
    await within(CLOSE_MS, interpreter.prepare(), stage, stop);
    await markWork(stage);
    await stress({ ...stage, stop, driver, interpreter, assignments, nodes, random, trouble });
    if (!stop.aborted && plan.finalReads !== 'none') await finalReads(stage, interpreter, assignments, stop);
    if (stage.signal?.aborted) recordDoubt(recorder, `the run was ended early: ${messageOf(stage.signal.reason)}`);
    if (stage.failed.aborted) throw stage.failed.reason;
    await markWork(stage);
    recordEnd(recorder, counters.counted());
  } finally {
    // Where a phase threw, clients are still at work: they must not outlive it.
    trouble.abort();
    await within(CLOSE_MS, interpreter.close(), stage);
  }
}

interface Stress extends Stage {
  readonly stop: AbortSignal;
  readonly driver: NemesisDriver;
  readonly interpreter: Interpreter;
  readonly assignments: readonly Assignment[];
  /** Names of the nodes when the run began. */
  readonly nodes: readonly string[];
  readonly random: Random;
  /** Aborted when the interpreter fails, so that no phase goes on without clients. */
  readonly trouble: AbortController;
}

/** Clients work all along, from the warm-up until the cluster has recovered. */
async function stress(stage: Stress): Promise<void> {
  const { plan, clock, stop, driver, interpreter, recorder, trouble } = stage;
  const watch = new RecoveryWatch();
  recorder.observe((event) => watch.observe(event));
  const triggers = new Triggers(stage.cluster, clock);
  recorder.observe((event) => triggers.observe(event));
  const drain = new AbortController();
  enter(stage, 'warm-up');
  const clients = interpreter.run(stressGenerator(stage, triggers), { drain: drain.signal, abort: stop });
  clients.catch(() => trouble.abort());
  try {
    await clock.sleep(plan.warmUpMs, stop);
    if (!stop.aborted) enter(stage, 'faults');
    await clock.sleep(plan.timeLimitMs, stop);
    await lateFaults(stage);
    if (!stop.aborted) for (const sentence of triggers.unfired(plan.schedule)) recordDoubt(recorder, sentence);
  } finally {
    triggers.close();
    for (const sentence of await driver.healAll()) recordDoubt(recorder, sentence);
  }
  // Everything is healed: what reached the nodes under faults, beside what they recover by.
  const counted = markWork(stage);
  if (!stop.aborted) await recover(stage, watch, clients);
  await counted;
  drain.abort();
  await clients;
}

/**
 * What was planned is to take place: faults that a slow machine or a slow database held up get as long again. Those
 * that are aimed had their time.
 */
async function lateFaults({ plan, clock, driver, stop }: Stress): Promise<void> {
  const deadlineNs = clock.nowNs() + plan.timeLimitMs * 1e6;
  const timed = plan.schedule.filter(({ trigger }) => trigger === undefined);
  const late = () => timed.some(({ request }) => !driver.isOver(request.id));
  while (!stop.aborted && late() && clock.nowNs() < deadlineNs) await clock.sleep(LATE_LOOK_MS, stop);
}

/** The clients as the plan or the workloads say, and the nemesis beside them. */
function stressGenerator(stage: Stress, triggers: Triggers): Generator {
  const { driver, plan } = stage;
  const { warmUpMs, schedule, operations } = plan;
  const clients = operations === undefined ? workloadsOf(stage) : plannedOperations(operations, plan);
  const faults = untilOver(() => driver.closed, after(warmUpMs, scheduledFaults(schedule, triggers)));
  return race(clients, nemesis(faults));
}

/** Every workload on threads of its own, at its share of the total rate. */
function workloadsOf({ plan, assignments, random }: Stress): Generator {
  const shareHz = plan.rateHz / assignments.length;
  const workloads = assignments.map(({ workload, concurrency, context }) => {
    const paced = rate(shareHz, workload.generator(context), random.fork(`rate ${workload.name}`));
    return [concurrency, tagged(workload.name, paced)] as const;
  });
  return reserve(workloads);
}

/**
 * Waits, within bounds, until every node is back and every kind of operation succeeds again, or the clients have no more
 * to do.
 */
async function recover(stage: Stress, watch: RecoveryWatch, clients: Promise<void>): Promise<void> {
  const { plan, cluster, clock, recorder, stop } = stage;
  const healedTime = clock.nowNs();
  enter(stage, 'recovery');
  watch.healed(healedTime);
  let complaint: string | undefined = `no answer in ${plan.recoveryMs + CLOSE_MS} ms`;
  const ready = cluster.ready(plan.recoveryMs).then(
    () => (complaint = undefined),
    (error: unknown) => (complaint = messageOf(error)),
  );
  await within(plan.recoveryMs + CLOSE_MS, ready, stage, stop);
  if (!stop.aborted) await recordOutages(stage, complaint);
  const leftMs = plan.recoveryMs - (clock.nowNs() - healedTime) / 1e6;
  const patience = new AbortController();
  const cancel = clock.after(Math.max(leftMs, LEAST_RECOVERY_MS), () => patience.abort());
  const ended = clients.catch(() => undefined);
  await Promise.race([watch.all(AbortSignal.any([patience.signal, stop])), ended]);
  cancel();
  if (stop.aborted) return;
  for (const kind of watch.failing()) {
    recordDoubt(recorder, `${kind} never succeeded in ${Math.round(plan.recoveryMs / 1000)} s after healing`);
  }
}

/** On fresh processes, which owe nothing to what happened before. */
async function finalReads(
  stage: Stage,
  interpreter: Interpreter,
  assignments: readonly Assignment[],
  stop: AbortSignal,
): Promise<void> {
  const { clock, recorder } = stage;
  if (assignments.every(({ workload }) => workload.finalGenerator === undefined)) return;
  await within(CLOSE_MS, interpreter.renew(), stage, stop);
  enter(stage, 'final');
  const startTime = clock.nowNs();
  const reads = assignments.map(({ workload, concurrency, context }) => {
    const generator = workload.finalGenerator?.(context) ?? nothing;
    return [concurrency, tagged(workload.name, timeLimit(FINAL_MS, generator))] as const;
  });
  await interpreter.run(reserve(reads), { abort: stop });
  if (clock.nowNs() - startTime >= FINAL_MS * 1e6) recordDoubt(recorder, 'the final reads did not end in time');
}

function enter({ recorder, status }: Stage, phase: PhaseName): void {
  recorder.record({ process: 'nemesis', type: 'info', f: 'phase', value: phase });
  status.enter(phase);
}

/** Waits for it, but not for ever, and not after the run was stopped. */
async function within(limitMs: number, work: Promise<unknown>, { clock }: Stage, stop?: AbortSignal): Promise<void> {
  const done = new AbortController();
  const patience = clock.sleep(limitMs, stop === undefined ? done.signal : AbortSignal.any([stop, done.signal]));
  try {
    await Promise.race([work, patience]);
  } finally {
    done.abort();
    work.catch(() => undefined);
  }
}
