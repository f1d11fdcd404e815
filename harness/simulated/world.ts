import type { Cancel, Clock } from '../kit/clock.js';
import { sleepOn } from '../kit/clock.js';
import { Call, type Event, Events } from './events.js';

/** 123.456789 ms are 123456789.00000001 ns in floating point. */
const FLOAT_NOISE_NS = 1e-3;

const READY = Promise.resolve();

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
    this.events.add(this.time + delayNs, new Call(run));
  }

  /** As `in`, for an event of its own kind. */
  plan(delayNs: number, event: Event): void {
    this.events.add(this.time + delayNs, event);
  }

  /** As `in`, for what will most likely be called off, after a delay that most have. */
  limit(delayNs: number, run: () => void): Call {
    const call = new Call(run);
    this.events.enqueue(this.time + delayNs, call);
    return call;
  }

  after(delayMs: number, callback: () => void): Cancel {
    const delayNs = Math.max(0, Math.ceil(delayMs * 1e6 - FLOAT_NOISE_NS));
    this.awaited++;
    const call = new Call(() => {
      this.awaited--;
      this.stirred = true;
      callback();
    });
    this.events.add(this.time + delayNs, call);
    return () => {
      if (call.isOff) return;
      call.callOff();
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

  /**
   * Lets the world go on until the work is settled. Every promise that can be settled by now is settled before time moves:
   * what is to happen at the next tick happens when no microtask is left. Files, signals and timers of the real world come
   * about in a turn of the event loop only, which takes ten times as long: one of many, and every one where virtual time
   * waits for real time.
   */
  run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const finish = () => (settled = true);
    work.then(finish, finish);
    return new Promise<T>((resolve, reject) => {
      let turns = 0;
      const next = () => {
        if (this.held > 0 || turns++ % REAL_TURNS === 0) setImmediate(begin);
        else process.nextTick(begin);
      };
      // As a microtask: a tick that is asked for within a tick comes before the microtasks of that one.
      const begin = () => void READY.then(turn);
      const turn = () => {
        if (settled) {
          resolve(work);
          return;
        }
        try {
          this.turn();
        } catch (error) {
          reject(error as Error);
          return;
        }
        next();
      };
      next();
    });
  }

  /** Calls back whoever waits for his turn, or lets events happen until somebody outside is told something. */
  private turn(): void {
    if (this.callbacks.length > 0) {
      const callbacks = this.callbacks;
      this.callbacks = [];
      for (const callback of callbacks) callback();
      return;
    }
    this.stirred = false;
    while (this.held === 0 && this.awaited > 0 && !this.isStirred() && this.events.size > 0) this.step();
  }

  /** A method, because what a step does to the field is not seen from a loop. */
  private isStirred(): boolean {
    return this.stirred;
  }

  private step(): void {
    const event = this.events.take()!;
    if (event.isOff) return;
    this.time = event.time;
    event.happen();
  }
}
