import type { Operation } from '../history/operation.js';
import type { Clock } from '../kit/clock.js';

/** Where events go; a {@link import('../history/journal.js').Journal} is one. */
export interface EventSink {
  readonly full: boolean;
  drained(): Promise<void>;
  append(event: Operation): void;
}

export type Unrecorded = Omit<Operation, 'index' | 'time'>;

/** Gives events their index and time and hands them on, in one place, so that the journal's order is the real one. */
export class Recorder {
  private index = 0;
  private readonly observers: ((event: Operation) => void)[] = [];

  constructor(
    private readonly clock: Clock,
    readonly sink: EventSink,
  ) {}

  /** Events so far. */
  get recorded(): number {
    return this.index;
  }

  /** Journals it now: the event happened between the call and its return. */
  record(event: Unrecorded): Operation {
    const recorded = { index: this.index++, time: this.clock.nowNs(), ...event };
    this.sink.append(recorded);
    for (const observer of this.observers) observer(recorded);
    return recorded;
  }

  /** Calls back for every event from now on, after it was handed to the journal. */
  observe(observer: (event: Operation) => void): void {
    this.observers.push(observer);
  }
}
