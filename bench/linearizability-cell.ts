/** One cell of the table, in a process of its own: `tsx bench/linearizability-cell.ts <history.jsonl> <model>` prints JSON. */
import { UNLIMITED } from '../checkers/checker.js';
import { linearizable } from '../checkers/linearizability/linearizability.js';
import type { Model } from '../checkers/model.js';
import { modelNamed } from '../checkers/models/models.js';
import { readHistory } from '../harness/history/formats/read.js';

export interface Cell {
  readonly validity: string;
  readonly loadS: number;
  readonly checkS: number;
  readonly peakMb: number;
  /** Before anything was read. */
  readonly idleMb: number;
  readonly maxConfigurations: number;
  /** Operations of the first witness; 0 where there is none. */
  readonly witness: number;
  readonly isMinimal: boolean;
}

/** Seconds by the clock or by the processor, whichever is less. */
function stopwatch(): () => number {
  const started = performance.now();
  const usage = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(usage);
    return Math.min((performance.now() - started) / 1e3, (user + system) / 1e6);
  };
}

const peakMb = () => process.resourceUsage().maxRSS / 1024;

const [path, name] = process.argv.slice(2);
const idleMb = peakMb();
const reading = stopwatch();
const { history } = await readHistory(path, { format: 'jsonl' });
const loadS = reading();
const checking = stopwatch();
const verdict = await linearizable(modelNamed(name) as Model<unknown>).check(history, {
  budget: { ...UNLIMITED, timeMs: 120_000 },
  options: {},
});
const checkS = checking();
const details = verdict.anomalies[0]?.details;
const cell: Cell = {
  validity: verdict.validity,
  loadS,
  checkS,
  peakMb: peakMb(),
  idleMb,
  maxConfigurations: Number(verdict.details['maxConfigurations']),
  witness: Number(details?.['operations'] ?? 0),
  isMinimal: details?.['minimal'] === true,
};
console.log(JSON.stringify(cell));
