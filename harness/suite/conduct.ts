import { resultOf } from './outcome.js';
import type { Attempt, Cell, CellResult, Suite } from './suite.js';

export interface ConductRequest {
  readonly suite: Suite;
  /** Those of the suite's cells that are to be run here. */
  readonly cells: readonly Cell[];
  /** Attempts that ended before the suite was interrupted. */
  readonly before: readonly Attempt[];
  readonly slots: number;
  /** Runs a cell once; undefined when it was interrupted. */
  attempt(cell: Cell, number: number): Promise<Attempt | undefined>;
  /** Keeps an attempt, before anything else begins in its slot. */
  record(attempt: Attempt): Promise<void>;
  /** A guess at how long a cell takes, in ms, before any was run. */
  expectedMs(cell: Cell): number;
  /** ms, never going back. */
  now(): number;
  onProgress?(progress: Progress): void;
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly running: readonly Cell[];
  readonly finished: readonly CellResult[];
  readonly total: number;
}

/**
 * Runs all cells, several at once, each until it comes to a verdict or its attempts are used up. Nothing is begun that
 * the budget does not leave time for, by how long its like took so far; what is left out is `not-run`.
 */
export async function conduct(request: ConductRequest): Promise<readonly CellResult[]> {
  const { cells, before, slots, signal, suite, now } = request;
  const startedMs = now();
  const attempts = new Map(cells.map(({ id }) => [id, before.filter(({ cell }) => cell === id)]));
  const durations = new Map<string, number[]>();
  for (const cell of cells) for (const { durationMs } of attempts.get(cell.id)!) noteDuration(cell, durationMs);
  const reasons = new Map<string, string>();
  const running = new Set<Cell>();
  const queue = cells.filter((cell) => !isDone(cell));
  const finished = () => cells.filter((cell) => !running.has(cell) && !queue.includes(cell)).map(result);
  const report = () => request.onProgress?.({ running: [...running], finished: finished(), total: cells.length });

  await Promise.all(Array.from({ length: Math.min(slots, Math.max(1, queue.length)) }, work));
  return cells.map(result);

  async function work(): Promise<void> {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      running.add(cell);
      while (!isDone(cell) && mayBegin(cell)) {
        report();
        const made = attempts.get(cell.id)!;
        const ended = await request.attempt(cell, made.length + 1);
        if (ended === undefined) continue;
        await request.record(ended);
        made.push(ended);
        noteDuration(cell, ended.durationMs);
      }
      running.delete(cell);
      report();
    }
  }

  /** A verdict, or no attempt left. */
  function isDone({ id }: Cell): boolean {
    const made = attempts.get(id)!;
    return made.length >= suite.attempts || made.some(({ outcome }) => outcome === 'valid' || outcome === 'invalid');
  }

  function mayBegin(cell: Cell): boolean {
    if (signal?.aborted === true) {
      reasons.set(cell.id, 'the suite was interrupted before it');
      return false;
    }
    const leftMs = (suite.budgetMs ?? Number.POSITIVE_INFINITY) - (now() - startedMs);
    if (durationOf(cell) <= leftMs) return true;
    reasons.set(cell.id, `the budget left ${Math.max(0, Math.round(leftMs / 1000))} s, too short for it`);
    return false;
  }

  function durationOf(cell: Cell): number {
    const seen = durations.get(likeness(cell)) ?? [];
    return seen.length > 0 ? Math.max(...seen) : request.expectedMs(cell);
  }

  function noteDuration(cell: Cell, durationMs: number): void {
    const key = likeness(cell);
    durations.set(key, [...(durations.get(key) ?? []), durationMs]);
  }

  function result(cell: Cell): CellResult {
    return resultOf(cell, attempts.get(cell.id)!, reasons.get(cell.id));
  }
}

/** Cells that take about as long: the same system with the same limits. */
function likeness({ system, flags }: Cell): string {
  return JSON.stringify([system, flags]);
}
