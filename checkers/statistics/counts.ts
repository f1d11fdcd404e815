import type { Phase, PhaseName } from '../../harness/history/faults.js';
import { FAIL, type History, INVOKE, NEMESIS, NONE, OK } from '../../harness/history/history.js';

/** The run as seen from its faults. A run without phases is all `during`. */
export const STAGES = ['before', 'during', 'after'] as const;
export type Stage = (typeof STAGES)[number];

export interface Outcomes {
  ok: number;
  fail: number;
  info: number;
}

/** One kind of operation of one workload, by the stage in which it was invoked. */
export interface KindCounts {
  readonly workload: string | undefined;
  readonly f: string;
  readonly stages: Readonly<Record<Stage, Outcomes>>;
  /** Invoked in the final phase alone: what is read when all is over. */
  finalOnly: boolean;
}

const STAGE_OF: Readonly<Record<PhaseName, Stage>> = {
  'warm-up': 'before',
  faults: 'during',
  recovery: 'after',
  final: 'after',
};

/** Client operations by workload, kind, stage and outcome. One pass. */
export function countKinds(history: History, phases: readonly Phase[]): readonly KindCounts[] {
  const { processes, types, times, pairs, functions, functionNames, workloads, workloadNames } = history.columns;
  const kinds = new Map<string, KindCounts>();
  let phase = -1;
  for (let position = 0; position < history.length; position++) {
    if (processes[position] === NEMESIS || types[position] !== INVOKE) continue;
    while (phase + 1 < phases.length && times[position] >= phases[phase + 1].startTime) phase++;
    const name = phases[phase]?.name as PhaseName | undefined;
    const workload = workloads[position] === NONE ? undefined : workloadNames[workloads[position]];
    const f = functionNames[functions[position]];
    const key = `${workload ?? ''} ${f}`;
    let counts = kinds.get(key);
    if (!counts) {
      counts = { workload, f, stages: { before: zero(), during: zero(), after: zero() }, finalOnly: true };
      kinds.set(key, counts);
    }
    if (name !== 'final') counts.finalOnly = false;
    const stage = name ? STAGE_OF[name] : phases.length > 0 ? 'before' : 'during';
    counts.stages[stage][outcomeOf(types, pairs[position])]++;
  }
  return [...kinds.values()];
}

function outcomeOf(types: Uint8Array, completion: number): keyof Outcomes {
  if (completion === NONE) return 'info';
  return types[completion] === OK ? 'ok' : types[completion] === FAIL ? 'fail' : 'info';
}

function zero(): Outcomes {
  return { ok: 0, fail: 0, info: 0 };
}
