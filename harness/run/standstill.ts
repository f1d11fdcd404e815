import { performance } from 'node:perf_hooks';
import { recordDoubt } from './doubts.js';
import type { Recorder } from './recorder.js';

/** How often it looks at the clock, ms. */
const LOOK_MS = 250;
/** A harness that did nothing for so long stood still: no load of a machine that still tests holds it up so long. */
const STANDSTILL_MS = 5_000;

export interface StandstillOptions {
  readonly thresholdMs?: number;
  /** Monotonic ms; goes on while the process is stopped. */
  readonly nowMs?: () => number;
}

/**
 * Watches whether the harness itself goes on: a process that was stopped (SIGSTOP, a frozen container, a suspended
 * machine, swapping) sends nothing, times nothing out and heals nothing meanwhile. Recorded intervals are only wider for
 * it, so verdicts stay true; but the test was not the one that was planned, and that is a doubt of the run.
 */
export class StandstillWatch {
  private readonly timer: NodeJS.Timeout;
  private readonly thresholdMs: number;
  private readonly nowMs: () => number;
  private lastMs: number;

  constructor(
    private readonly recorder: Recorder,
    { thresholdMs = STANDSTILL_MS, nowMs = () => performance.now() }: StandstillOptions = {},
  ) {
    this.thresholdMs = thresholdMs;
    this.nowMs = nowMs;
    this.lastMs = nowMs();
    this.timer = setInterval(() => this.look(), Math.min(LOOK_MS, thresholdMs / 4)).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    // It may have woken up only to be told that all is over.
    this.look();
  }

  private look(): void {
    const now = this.nowMs();
    const gapMs = now - this.lastMs;
    this.lastMs = now;
    if (gapMs < this.thresholdMs) return;
    recordDoubt(
      this.recorder,
      `the harness stood still for ${(gapMs / 1e3).toFixed(1)} s: meanwhile nothing was asked, answers waited to be read, ` +
        'and faults lasted longer than planned (was it stopped, or the machine suspended or overloaded?)',
    );
  }
}
