import { faultsOf, phasesOf } from '../../harness/history/faults-of.js';
import type { FaultRecord, Phase } from '../../harness/history/faults.js';
import { type History, INVOKE, NEMESIS, NONE, OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { CheckContext, Checker, Verdict } from '../checker.js';
import { verdictOf } from '../verdict.js';

/**
 * The test's own assumptions as a verdict: did clients get work done before, during and after the faults, did every
 * fault bite and heal, is the journal sane? It finds no violations; what is missing makes it `unknown`, and so the run
 * inconclusive: a test in which nothing happened must not pass.
 *
 * Options: `operations`, by workload the kinds of operations that must succeed; `faults`, how many were scheduled;
 * `minimumOk`, successes wanted of each kind during the faults (default 3).
 */
export const statistics: Checker = {
  name: 'statistics',
  summary: 'the test was worth something: work done in every phase, every fault bit and healed, journal sane',
  check(history, context): Verdict {
    const phases = phasesOf(history);
    const faults = faultsOf(history);
    const tally = countByStage(history, phases);
    const reasons = [
      ...missingWork(tally, phases, context),
      ...faultTrouble(faults, context.options['faults']),
      ...journalTrouble(history),
    ];
    const shown = reasons.slice(0, 5).join('; ') + (reasons.length > 5 ? `; and ${reasons.length - 5} more` : '');
    return verdictOf({
      anomalies: [],
      ...(reasons.length > 0 && { undecided: shown }),
      details: {
        reasons,
        operations: [...tally].map(([kind, counts]) => ({ kind, ...counts })) as unknown as Json,
        effectiveFaults: faults.filter(({ effective }) => effective).length,
        faults: faults.length,
      },
      checked: [
        'operations of every kind succeeded before, during and after the faults',
        'every fault had its effect, was healed, and the healing was verified',
        'the clock never goes back and no process has two operations under way',
      ],
    });
  },
};

/** Successes of one kind of operation, by when it was invoked. */
interface StageCounts {
  before: number;
  during: number;
  after: number;
  /** Invoked at all, and before the final reads. */
  invoked: number;
  invokedEarly: number;
}

type Stage = 'before' | 'during' | 'after';

function stageOf(phase: Phase | undefined): Stage {
  if (phase === undefined || phase.name === 'faults') return 'during';
  return phase.name === 'warm-up' ? 'before' : 'after';
}

/** Counts by `workload f`; the workload is left out where the history has none. */
function countByStage(history: History, phases: readonly Phase[]): ReadonlyMap<string, StageCounts> {
  const { types, processes, pairs, times, functions, functionNames, workloads, workloadNames } = history.columns;
  const tally = new Map<string, StageCounts>();
  let at = 0;
  for (let position = 0; position < history.length; position++) {
    if (processes[position] === NEMESIS || types[position] !== INVOKE) continue;
    while (at + 1 < phases.length && times[position] >= phases[at + 1].startTime) at++;
    const workload = workloads[position] === NONE ? '' : `${workloadNames[workloads[position]]} `;
    const kind = workload + functionNames[functions[position]];
    let counts = tally.get(kind);
    if (counts === undefined)
      tally.set(kind, (counts = { before: 0, during: 0, after: 0, invoked: 0, invokedEarly: 0 }));
    counts.invoked++;
    if (phases[at]?.name !== 'final') counts.invokedEarly++;
    if (pairs[position] !== NONE && types[pairs[position]] === OK) counts[stageOf(phases[at])]++;
  }
  return tally;
}

function* missingWork(
  tally: ReadonlyMap<string, StageCounts>,
  phases: readonly Phase[],
  { options }: CheckContext,
): Generator<string> {
  const minimum = typeof options['minimumOk'] === 'number' ? options['minimumOk'] : 3;
  const had = (name: Phase['name']) => phases.some((phase) => phase.name === name && phase.endTime > phase.startTime);
  for (const kind of new Set([...expectedKinds(options['operations']), ...tally.keys()])) {
    const counts = tally.get(kind);
    if (counts === undefined) {
      yield `${kind} was never attempted`;
      continue;
    }
    // Some kinds belong to the final reads alone.
    const early = counts.invokedEarly > 0;
    if (early && had('warm-up') && counts.before === 0) yield `${kind} never succeeded before the faults`;
    if (early && counts.during < minimum) {
      yield `${kind} succeeded ${counts.during} time(s) during the faults, fewer than ${minimum}`;
    }
    if ((had('recovery') || had('final')) && counts.after === 0) yield `${kind} never succeeded after the faults`;
  }
  if (tally.size === 0) yield 'no client did anything';
}

function expectedKinds(operations: Json | undefined): readonly string[] {
  if (typeof operations !== 'object' || operations === null || Array.isArray(operations)) return [];
  return Object.entries(operations as Readonly<Record<string, readonly string[]>>).flatMap(([workload, kinds]) =>
    kinds.map((f) => `${workload} ${f}`),
  );
}

function* faultTrouble(faults: readonly FaultRecord[], scheduled: Json | undefined): Generator<string> {
  for (const { id, kind, effective, healed, description, error } of faults) {
    if (error !== undefined) yield `fault ${id} (${kind}) could not be injected: ${error}`;
    else if (!effective) yield `fault ${id} (${kind}: ${description}) did not bite`;
    if (!healed) yield `fault ${id} (${kind}: ${description}) was not healed for certain`;
  }
  if (typeof scheduled === 'number' && faults.length < scheduled) {
    yield `${scheduled - faults.length} of ${scheduled} scheduled faults were never injected`;
  }
}

/** Reading a journal refuses these already; a history may come from elsewhere. */
function* journalTrouble(history: History): Generator<string> {
  const { times, types, processes, indices, length } = history.columns;
  const open = new Set<number>();
  for (let position = 0; position < length; position++) {
    if (position > 0 && times[position] < times[position - 1]) {
      yield `the clock goes back at event ${indices[position]}`;
      return;
    }
    const process = processes[position];
    if (process === NEMESIS) continue;
    if (types[position] !== INVOKE) open.delete(process);
    else if (open.has(process)) {
      yield `process ${process} has two operations under way at event ${indices[position]}`;
      return;
    } else open.add(process);
  }
}
