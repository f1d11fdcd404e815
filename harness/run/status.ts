import type { PhaseName } from '../history/faults.js';
import type { Operation } from '../history/operation.js';
import type { Cancel, Clock } from '../kit/clock.js';

/** What a run is doing right now, for people who watch it. */
export interface RunStatus {
  readonly phase: PhaseName | 'set-up' | 'check';
  readonly elapsedMs: number;
  /** Completions a second, over the last second. */
  readonly rateHz: number;
  readonly inFlight: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** Plain words for the fault in place. */
  readonly currentFault?: string;
  /** Found so far. */
  readonly anomalies: number;
}

const PERIOD_MS = 250;
const PERIODS_PER_SECOND = 1000 / PERIOD_MS;

/** Counts events and reports four times a second. */
export class StatusMeter {
  phase: RunStatus['phase'] = 'set-up';
  /** Of those who look at the run as it goes; of the checks that are done, in the end. */
  anomaliesSoFar: () => number = () => 0;
  /** Plain words for what the nemesis has in place. */
  currentFault: () => string | undefined = () => undefined;
  private readonly counts = { ok: 0, fail: 0, info: 0 };
  private inFlight = 0;
  /** Completions up to each of the last periods. */
  private readonly recent: number[] = [0];
  private cancel: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly report: ((status: RunStatus) => void) | undefined,
  ) {
    if (report !== undefined) this.tick();
  }

  observe(event: Operation): void {
    if (event.process === 'nemesis') return;
    if (event.type === 'invoke') {
      this.inFlight++;
      return;
    }
    this.inFlight--;
    this.counts[event.type]++;
  }

  /** Reports now as well, so that a new phase is seen at once. */
  enter(phase: RunStatus['phase']): void {
    this.phase = phase;
    this.tell();
  }

  stop(): void {
    this.cancel?.();
  }

  private tick(): void {
    this.cancel = this.clock.after(PERIOD_MS, () => {
      this.recent.push(this.completions);
      if (this.recent.length > PERIODS_PER_SECOND + 1) this.recent.shift();
      this.tell();
      this.tick();
    });
  }

  /** Showing how a run goes must never be what ends it. */
  private tell(): void {
    try {
      this.report?.(this.status());
    } catch {
      this.stop();
    }
  }

  private get completions(): number {
    return this.counts.ok + this.counts.fail + this.counts.info;
  }

  private status(): RunStatus {
    const { phase, counts, inFlight, recent } = this;
    const anomalies = this.anomaliesSoFar();
    const seconds = (recent.length - 1) / PERIODS_PER_SECOND;
    const rateHz = seconds > 0 ? Math.round((recent[recent.length - 1] - recent[0]) / seconds) : 0;
    const currentFault = this.currentFault();
    const elapsedMs = Math.round(this.clock.nowNs() / 1e6);
    return { phase, elapsedMs, rateHz, inFlight, ...counts, anomalies, ...(currentFault && { currentFault }) };
  }
}
