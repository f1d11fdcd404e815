import { performance } from 'node:perf_hooks';

/** Takes back a callback that was scheduled; harmless when it ran already. */
export type Cancel = () => void;

/** Time as a run sees it: real, or simulated. */
export interface Clock {
  /** Integer nanoseconds since this clock was made; never goes back. */
  nowNs(): number;
  /** Calls back after so many ms, not within this call. */
  after(delayMs: number, callback: () => void): Cancel;
  /** Calls back as soon as what is already waiting for the event loop had its turn. No time passes on a virtual clock. */
  soon(callback: () => void): void;
  /** Resolves after so many ms, or at once when the signal is aborted; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Waits for something that takes real time (a disk of this machine): virtual time stands still meanwhile. */
  outside?<T>(work: Promise<T>): Promise<T>;
}

/** A clock of virtual time, which passes only while the clock runs something. */
export interface DrivenClock extends Clock {
  /** Lets time pass until the work is settled. */
  run<T>(work: Promise<T>): Promise<T>;
}

export class RealClock implements Clock {
  private readonly startMs = performance.now();

  nowNs(): number {
    return Math.round((performance.now() - this.startMs) * 1e6);
  }

  after(delayMs: number, callback: () => void): Cancel {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  }

  soon(callback: () => void): void {
    setImmediate(callback);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }
}

/** 123.456789 ms are 123456789.00000001 ns in floating point. */
const FLOAT_NOISE_NS = 1e-3;

interface Alarm {
  readonly time: number;
  readonly callback: () => void;
}

/**
 * Simulated time: it stands still while anything can run, then jumps to the next alarm. Only for worlds in which all
 * waiting is on this clock; same program, same order, same times. (Files may be read and written before the first alarm
 * is set and after the last: then it waits in real time, up to `patienceMs`.)
 */
export class VirtualClock implements DrivenClock {
  constructor(private readonly patienceMs = 10_000) {}

  private time = 0;
  private readonly alarms: Alarm[] = [];
  private callbacks: (() => void)[] = [];

  nowNs(): number {
    return this.time;
  }

  after(delayMs: number, callback: () => void): Cancel {
    // Up, never down: an alarm before its time would be set again for ever without time moving.
    const delayNs = Math.ceil(delayMs * 1e6 - FLOAT_NOISE_NS);
    const alarm = { time: this.time + Math.max(0, delayNs), callback };
    const position = this.alarms.findLastIndex((other) => other.time <= alarm.time) + 1;
    this.alarms.splice(position, 0, alarm);
    return () => {
      const index = this.alarms.indexOf(alarm);
      if (index >= 0) this.alarms.splice(index, 1);
    };
  }

  soon(callback: () => void): void {
    this.callbacks.push(callback);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Lets the world go on until the work is settled; rejects when it waits for something that will never come. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const finish = () => (settled = true);
    work.then(finish, finish);
    let idleSinceMs: number | undefined;
    for (;;) {
      // A macrotask: every promise that can be settled by now is settled before time moves.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (settled) return work;
      if (this.callbacks.length > 0) {
        const callbacks = this.callbacks;
        this.callbacks = [];
        for (const callback of callbacks) callback();
        continue;
      }
      const alarm = this.alarms.shift();
      if (alarm === undefined) {
        idleSinceMs ??= performance.now();
        if (performance.now() - idleSinceMs < this.patienceMs) continue;
        throw new Error(`nothing left to happen at ${this.time} ns, and still not done`);
      }
      idleSinceMs = undefined;
      this.time = alarm.time;
      alarm.callback();
    }
  }
}

/** A sleep on any clock. */
export function sleepOn(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const wake = () => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(delayMs, wake);
    signal?.addEventListener('abort', wake);
  });
}
