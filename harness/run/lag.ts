import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventLoopLag } from './plan.js';

/** How often it looks, ms. */
const RESOLUTION_MS = 5;

/** Measures how late the event loop runs. Node's histogram holds whole intervals of its sampling timer, not the excess. */
export class LagMeter {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.histogram.enable();
  }

  stop(): EventLoopLag {
    this.histogram.disable();
    const excessMs = (intervalNs: number) =>
      Number.isFinite(intervalNs) ? Math.max(0, Math.round((intervalNs / 1e6 - RESOLUTION_MS) * 100) / 100) : 0;
    return {
      p50Ms: excessMs(this.histogram.percentile(50)),
      p99Ms: excessMs(this.histogram.percentile(99)),
      maxMs: this.histogram.count > 0 ? excessMs(this.histogram.max) : 0,
    };
  }
}
