import { effectiveByKind, faultsOf, phasesOf } from '../../harness/history/faults-of.js';
import type { FaultRecord, Phase } from '../../harness/history/faults.js';
import { type History, INVOKE, NEMESIS, NONE } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Checker } from '../checker.js';
import { numberOption } from '../options.js';
import { type Fields, isObject } from '../values.js';
import { verdictOf } from '../verdict.js';
import { unjustifiedFailures } from './indefinite.js';
import { workFindings } from './work.js';
import { countKinds, type KindCounts, type Stage, STAGES } from './counts.js';
import { anything, natural } from '../option-rules.js';

/**
 * Was the test worth anything? Every kind of operation succeeded before, during and after the faults, every fault bit
 * and is healed, what is read at the end was read, and the recording itself makes sense. Otherwise a clean verdict of
 * the other checkers would prove nothing, and the run is inconclusive, with every reason.
 *
 * Sees the whole history, with the nemesis. Options: `operations` (kinds by workload, as the workloads declare them),
 * `faults` (how many the plan has), `asked` (kinds of fault, and kinds with a target as `kill:leader`, that have to take
 * place), `indefinite` (codes of errors that are no failures), `minimumOk` (successes of each kind wanted in each stage; 1).
 */
export const statistics: Checker = {
  name: 'statistics',
  summary: 'every kind of operation succeeded before, during and after the faults, and every fault bit and is healed',
  observes: 'run',
  options: { minimumOk: natural, faults: natural, operations: anything },
  check(history, { options }) {
    const phases = phasesOf(history);
    const faults = faultsOf(history);
    const kinds = countKinds(history, phases);
    const minimum = numberOption(options, 'minimumOk', 1_000_000) ?? 1;
    const planned = numberOption(options, 'faults', 1_000_000);
    const work = workFindings(history);
    const reasons = [
      ...neverAsked(kinds, options),
      ...kinds.flatMap((kind) => tooFew(kind, phases, minimum)),
      ...neverInjected(faults, options),
      ...faultReasons(faults, planned),
      ...work.reasons,
      ...unjustifiedFailures(history, options),
      ...recordingReasons(history),
    ];
    if (kinds.length === 0) reasons.unshift('no operation was invoked');
    return verdictOf({
      anomalies: [],
      ...(reasons.length > 0 && { undecided: summed(reasons) }),
      details: {
        operations: kinds.map(rowOf),
        faults: faults.length,
        effective: count(faults, 'effective'),
        effectiveByKind: effectiveByKind(faults),
        healed: count(faults, 'healed'),
        ...(work.counted && { work: work.details }),
        reasons,
      },
      checked: [
        phases.length > 0
          ? `each kind of operation succeeded at least ${times(minimum)} before, during and after the faults`
          : `each kind of operation succeeded at least ${times(minimum)}`,
        ...(faults.length > 0 ? ['each fault bit, by its evidence, and is healed'] : []),
        ...(work.counted ? ['as many packets of clients reached each node as it acknowledged operations'] : []),
        'the clock of the recording never goes back, and no process does two things at once',
      ],
      notChecked: [
        ...(phases.length === 0 ? ['stages of the run: this history does not mark them'] : []),
        ...(work.counted ? [] : ['whether operations reached the nodes that acknowledged them: nobody counted']),
        ...(faults.length === 0 ? ['faults: this history has none'] : []),
      ],
    });
  },
};

const MOST_TOLD = 6;

function summed(reasons: readonly string[]): string {
  const told = reasons.slice(0, MOST_TOLD).join('; ');
  return reasons.length > MOST_TOLD ? `${told}; and ${reasons.length - MOST_TOLD} more` : told;
}

function times(minimum: number): string {
  return minimum === 1 ? 'once' : `${minimum} times`;
}

function nameOf(workload: string | undefined, f: string): string {
  return workload === undefined ? f : `${f} of ${workload}`;
}

/** Kinds that a workload declares and that nobody invoked. */
function neverAsked(kinds: readonly KindCounts[], { operations }: Fields): readonly string[] {
  if (!isObject(operations)) return [];
  return Object.entries(operations).flatMap(([workload, declared]) => {
    if (!Array.isArray(declared)) return [];
    const asked = kinds.filter((kind) => kind.workload === workload || kind.workload === undefined).map(({ f }) => f);
    return declared
      .filter((f: Json): f is string => typeof f === 'string' && !asked.includes(f))
      .map((f) => `${nameOf(workload, f)} was never asked for`);
  });
}

function tooFew(
  { workload, f, stages, finalOnly }: KindCounts,
  phases: readonly Phase[],
  minimum: number,
): readonly string[] {
  const name = nameOf(workload, f);
  if (finalOnly && phases.length > 0) return stages.after.ok > 0 ? [] : [`no final ${name} succeeded`];
  const present = STAGES.filter((stage) =>
    phases.length === 0 ? stage === 'during' : phases.some((phase) => isStage(phase, stage)),
  );
  return present
    .filter((stage) => stages[stage].ok < minimum)
    .map((stage) => {
      const { ok, fail, info } = stages[stage];
      const when = phases.length === 0 ? '' : ` ${stage} the faults`;
      const rest = fail + info === 0 ? 'none was invoked' : `${fail} failed, ${info} unknown`;
      return `${name} succeeded ${ok === 0 ? 'never' : `only ${ok} of ${minimum} times wanted`}${when} (${rest})`;
    });
}

/** A phase that took no time asks for nothing. */
function isStage({ name, startTime, endTime }: Phase, stage: Stage): boolean {
  if (endTime <= startTime) return false;
  switch (name) {
    case 'warm-up':
      return stage === 'before';
    case 'faults':
      return stage === 'during';
    case 'recovery':
    case 'final':
      return stage === 'after';
  }
}

/** What was asked for and is not in the recording at all; what was tried and failed is told fault by fault. */
function neverInjected(faults: readonly FaultRecord[], { asked }: Fields): readonly string[] {
  if (!Array.isArray(asked)) return [];
  const tried = new Set(faults.flatMap(({ kind, target }) => [kind, `${kind}:${target}`]));
  return asked
    .filter((what: Json): what is string => typeof what === 'string' && !tried.has(what))
    .map((what) => `${what} was asked for and never took place`);
}

function faultReasons(faults: readonly FaultRecord[], planned: number | undefined): readonly string[] {
  const reasons = faults.flatMap((fault) => {
    const name = `fault ${fault.id} (${fault.description})`;
    if (fault.injectedTime === undefined)
      return [`${name} could not be injected: ${fault.error ?? 'no reason recorded'}`];
    const dull = fault.evidence.find(({ bit }) => !bit);
    const because = dull ? `: ${dull.what} was ${dull.measured}, expected ${dull.expected}` : '';
    return [
      ...(fault.effective ? [] : [`${name} did not bite${because}`]),
      ...(fault.healed
        ? []
        : [`${name} is not healed for certain${fault.error === undefined ? '' : `: ${fault.error}`}`]),
    ];
  });
  if (planned !== undefined && faults.length < planned) {
    reasons.unshift(
      `${faults.length === 0 ? 'none' : `only ${faults.length}`} of ${planned} planned faults took place`,
    );
  }
  return reasons;
}

/** What a history that was read by Faultline cannot show; a reason to distrust whoever made it. */
function recordingReasons(history: History): readonly string[] {
  const { columns, length } = history;
  const { times, types, processes, pairs, indices } = columns;
  const openUntil = new Map<number, number>();
  for (let position = 0; position < length; position++) {
    if (position > 0 && times[position] < times[position - 1])
      return [`the clock of the recording goes back at event ${indices[position]}`];
    if (processes[position] === NEMESIS || types[position] !== INVOKE) continue;
    const until = openUntil.get(processes[position]) ?? NONE;
    if (until > position)
      return [`process ${history.processName(position)} does two things at once at event ${indices[position]}`];
    openUntil.set(processes[position], pairs[position] === NONE ? Number.POSITIVE_INFINITY : pairs[position]);
  }
  return [];
}

function rowOf({ workload, f, stages }: KindCounts): Json {
  const counts = Object.fromEntries(STAGES.map((stage) => [stage, { ...stages[stage] }]));
  return { ...(workload !== undefined && { workload }), f, ...counts };
}

function count(faults: readonly FaultRecord[], what: 'effective' | 'healed'): number {
  return faults.filter((fault) => fault[what]).length;
}
