import type { Cancel, Clock } from '../kit/clock.js';
import { sleepOn } from '../kit/clock.js';
import { Events } from './events.js';

/** 123.456789 ms are 123456789.00000001 ns in floating point. */
const FLOAT_NOISE_NS = 1e-3;

/** One turn of so many lets the real world have its turn too. */
const REAL_TURNS = 64;

/**
 * Virtual time with everything that happens in it: messages, timers and disks of the simulated cluster, and the alarms
 * of the run around it. Time moves from event to event and only while somebody outside waits for it, so that what the
 * run does in real time (opening its journal) takes none of it.
 */
export class World implements Clock {
  private time = 0;
  private readonly events = new Events();
  private callbacks: (() => void)[] = [];
  /** Alarms set and answers awaited from outside. */
  private awaited = 0;
  /** Works of real time that virtual time waits for. */
  private held = 0;
  /** Whether somebody outside was told something, and has to have a turn before time goes on. */
  private stirred = false;

  nowNs(): number {
    return this.time;
  }

  /** Plans an event inside the simulated cluster. */
  in(delayNs: number, run: () => void): void {
    this.events.add(this.time + delayNs, run);
  }

  after(delayMs: number, callback: () => void): Cancel {
    const delayNs = Math.max(0, Math.ceil(delayMs * 1e6 - FLOAT_NOISE_NS));
    this.awaited++;
    const event = this.events.add(this.time + delayNs, () => {
      event.run = undefined;
      this.awaited--;
      this.stirred = true;
      callback();
    });
    return () => {
      if (event.run === undefined) return;
      event.run = undefined;
      this.awaited--;
    };
  }

  soon(callback: () => void): void {
    this.callbacks.push(callback);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  async outside<T>(work: Promise<T>): Promise<T> {
    this.held++;
    try {
      return await work;
    } finally {
      this.held--;
    }
  }

  /** An answer that somebody outside waits for; the event that settles it is inside. */
  answer<T>(ask: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    this.awaited++;
    let open = true;
    const close = () => {
      if (open) this.awaited--;
      open = false;
      this.stirred = true;
    };
    return new Promise<T>((resolve, reject) => {
      ask(
        (value) => {
          close();
          resolve(value);
        },
        (error) => {
          close();
          reject(error);
        },
      );
    });
  }

  /** Lets events happen until `reached`, nobody outside taking part. False when it was not within the time given. */
  until(reached: () => boolean, limitNs: number): boolean {
    const end = this.time + limitNs;
    while (!reached()) {
      const { next } = this.events;
      if (next === undefined || next.time > end) return false;
      this.step();
    }
    return true;
  }

  /** Lets the world go on until the work is settled. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const finish = () => (settled = true);
    work.then(finish, finish);
    for (let turn = 0; ; turn++) {
      await this.settling(turn);
      if (settled) return work;
      if (this.callbacks.length > 0) {
        const callbacks = this.callbacks;
        this.callbacks = [];
        for (const callback of callbacks) callback();
        continue;
      }
      this.stirred = false;
      while (this.held === 0 && this.awaited > 0 && !this.isStirred() && this.events.size > 0) this.step();
    }
  }

  /**
   * Every promise that can be settled by now is settled before time moves: what is to happen at the next tick happens when
   * no microtask is left. Files, signals and timers of the real world come about in a turn of the event loop only, which
   * takes ten times as long: one of many, and every one where virtual time waits for real time.
   */
  private settling(turn: number): Promise<void> {
    const patient = this.held > 0 || turn % REAL_TURNS === 0;
    return new Promise((resolve) => {
      if (patient) setImmediate(resolve);
      else process.nextTick(resolve);
    });
  }

  /** A method, because what a step does to the field is not seen from a loop. */
  private isStirred(): boolean {
    return this.stirred;
  }

  private step(): void {
    const event = this.events.take()!;
    if (event.run === undefined) return;
    this.time = event.time;
    event.run();
  }
}
