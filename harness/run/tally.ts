import type { Phase } from '../history/faults.js';
import type { History } from '../history/history.js';
import { FAIL, INVOKE, NEMESIS, NONE, OK } from '../history/history.js';
import type { OperationCounts, Results } from './plan.js';

/** Operations of clients by workload, name, phase of the invocation, and outcome. Without a completion: `info`. */
export function countOperations(history: History, phases: readonly Phase[]): readonly OperationCounts[] {
  const { types, processes, pairs, times, functions, workloads, functionNames, workloadNames } = history.columns;
  const counts = new Map<string, { -readonly [K in keyof OperationCounts]: OperationCounts[K] }>();
  let phase = 0;
  for (let position = 0; position < history.length; position++) {
    if (processes[position] === NEMESIS || types[position] !== INVOKE) continue;
    while (phase + 1 < phases.length && times[position] >= phases[phase + 1].startTime) phase++;
    const key = `${workloads[position]} ${functions[position]} ${phase}`;
    let entry = counts.get(key);
    if (entry === undefined) {
      const workload = workloads[position] === NONE ? undefined : workloadNames[workloads[position]];
      const f = functionNames[functions[position]];
      entry = {
        ...(workload !== undefined && { workload }),
        f,
        phase: phases[phase]?.name ?? 'run',
        ok: 0,
        fail: 0,
        info: 0,
      };
      counts.set(key, entry);
    }
    const outcome = pairs[position] === NONE ? undefined : types[pairs[position]];
    entry[outcome === OK ? 'ok' : outcome === FAIL ? 'fail' : 'info']++;
  }
  return [...counts.values()];
}

/** Errors of clients by code (the text before the first colon), most frequent first, with one text each. */
export function countErrors(history: History): Results['errors'] {
  const { processes, errors, errorTexts } = history.columns;
  const uses = new Int32Array(errorTexts.length);
  for (let position = 0; position < history.length; position++) {
    if (errors[position] !== NONE && processes[position] !== NEMESIS) uses[errors[position]]++;
  }
  const byCode = new Map<string, { code: string; count: number; example: string }>();
  errorTexts.forEach((example, id) => {
    if (uses[id] === 0) return;
    const [code] = example.split(':', 1);
    const entry = byCode.get(code) ?? { code, count: 0, example };
    entry.count += uses[id];
    byCode.set(code, entry);
  });
  return [...byCode.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}
