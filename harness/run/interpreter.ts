import { StrangerError } from '../../docker/system.js';
import type { Generator, Thread } from '../generator/generator.js';
import { ThreadBoard } from '../generator/threads.js';
import type { Completion, Invocation, Operation } from '../history/operation.js';
import type { Clock } from '../kit/clock.js';
import { completionOf } from './completion.js';
import { Counters } from './counters.js';
import { Drive } from './drive.js';
import { InFlight } from './in-flight.js';
import type { Recorder } from './recorder.js';
import type { Connector } from './worker.js';
import { Worker } from './worker.js';

/** Operations issued before other work of the event loop gets its turn. */
const BURST = 256;
/** How long a run that was stopped waits for the nemesis to finish what it is doing, ms. */
const NEMESIS_GRACE_MS = 10_000;

export interface InterpreterOptions {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly connector: Connector;
  /** Number of clients' threads. */
  readonly concurrency: number;
  readonly operationTimeoutMs: number;
  /** Performs what is emitted for the nemesis' thread; no timeout. What it throws counts as `info`. */
  readonly nemesis?: (invocation: Invocation) => Promise<Completion>;
  /** Told of every invocation and completion, beside the journal. */
  readonly counters?: Counters;
}

export interface Stops {
  /** No new operation after it; those under way end as they do. */
  readonly drain?: AbortSignal;
  /** Those under way are given up as `info`. */
  readonly abort?: AbortSignal;
}

/**
 * Drives generators against clients. One logical process is one session with at most one operation under way; each
 * invocation is handed to the journal before its request is sent, each completion when it arrived, so recorded
 * intervals are never narrower than the true ones. An operation without an answer in time is `info`, its process is
 * replaced, and an answer that comes later is ignored.
 */
export class Interpreter {
  private readonly board: ThreadBoard;
  private readonly workers: readonly Worker[];
  private readonly inFlight: InFlight;
  /** What each client thread is doing; serials tell a late answer from the one awaited. */
  private readonly invocations: (Invocation | undefined)[];
  private readonly serials: Float64Array;
  private readonly counters: Counters;
  private nemesisInvocation: Invocation | undefined;
  private drive: Drive | undefined;

  constructor(private readonly options: InterpreterOptions) {
    const { clock, concurrency, connector, counters = new Counters() } = options;
    this.counters = counters;
    this.board = new ThreadBoard(concurrency);
    this.inFlight = new InFlight(concurrency);
    this.invocations = new Array<Invocation | undefined>(concurrency).fill(undefined);
    this.serials = new Float64Array(concurrency);
    this.workers = Array.from({ length: concurrency }, (_, thread) => new Worker(thread, thread, connector, clock));
  }

  /** Operations of clients under way. */
  get inFlightCount(): number {
    return this.inFlight.count;
  }

  /** Opens all sessions; those that fail are tried again when needed. */
  async prepare(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.prepare()));
  }

  /** Gives every thread a fresh process and session. Not while a generator is driven. */
  async renew(): Promise<void> {
    for (const worker of this.workers) worker.replace(this.board.retire(worker.thread));
    await this.prepare();
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  /** Resolves when the generator is done (or stopped) and nothing is under way. Rejects when a plug-in is defective. */
  run(generator: Generator, stops: Stops = {}): Promise<void> {
    if (this.drive !== undefined) throw new Error('the interpreter drives one generator at a time');
    return new Promise<void>((resolve, reject) => {
      const drive = new Drive(generator, { resolve, reject });
      this.drive = drive;
      drive.listen(stops.drain, () => this.stop(drive));
      drive.listen(stops.abort, () => this.abort(drive));
      this.schedule(drive);
    }).finally(() => (this.drive = undefined));
  }

  private schedule(drive: Drive): void {
    if (drive.scheduled) return;
    drive.scheduled = true;
    this.options.clock.soon(() => {
      drive.scheduled = false;
      if (drive !== this.drive) return;
      try {
        this.pump(drive);
      } catch (error) {
        this.fail(drive, error);
      }
    });
  }

  /** Asks the generator until it has to wait. */
  private pump(drive: Drive): void {
    const { clock, recorder } = this.options;
    for (let issued = 0; issued < BURST; issued++) {
      if (drive.stopped) return this.finishWhenQuiet(drive);
      if (recorder.sink.full) {
        const drained = recorder.sink.drained();
        void (clock.outside?.(drained) ?? drained).then(() => this.schedule(drive));
        return;
      }
      this.board.time = clock.nowNs();
      const step = drive.generator.next(this.board);
      if (step.kind === 'done') return this.finishWhenQuiet(drive);
      if (step.kind === 'emit' && step.emitted.time <= this.board.time) {
        drive.generator = step.next;
        this.issue(drive, step.emitted.thread, step.emitted.invocation);
        continue;
      }
      if (step.kind === 'wait') drive.generator = step.next;
      const due = step.kind === 'emit' ? step.emitted.time : step.untilTime;
      if (due !== undefined) this.wakeAt(drive, due);
      else if (this.quiet) this.fail(drive, new Error('the generator waits for ever: nothing is under way'));
      return;
    }
    this.schedule(drive);
  }

  private issue(drive: Drive, thread: Thread, invocation: Invocation): void {
    this.board.take(thread);
    this.record(drive, thread, invocation, 'invoke');
    if (thread === 'nemesis') {
      this.nemesisInvocation = invocation;
      this.counters.ofNemesis('invoke');
      const { nemesis = () => Promise.reject(new Error('this run has no nemesis')) } = this.options;
      nemesis(invocation)
        .catch(completionOf)
        .then((completion) => this.completeNemesis(drive, invocation, completion))
        .catch((error: unknown) => this.fail(drive, error));
      return;
    }
    const serial = ++this.serials[thread];
    this.invocations[thread] = invocation;
    this.inFlight.add(thread, this.board.time + Math.ceil(this.options.operationTimeoutMs * 1e6));
    this.watchDeadlines(drive);
    this.counters.client(invocation.workload, 'invoke');
    const awaited = () => serial === this.serials[thread];
    this.workers[thread]
      .perform(invocation)
      .then(
        (completion) => {
          if (awaited()) this.complete(drive, thread, completion);
        },
        (error: unknown) => {
          if (!awaited()) return;
          const code = error instanceof StrangerError ? 'stranger' : 'malformed-answer';
          this.complete(drive, thread, { type: 'info', error: code });
          this.fail(drive, error);
        },
      )
      .catch((error: unknown) => this.fail(drive, error));
  }

  private complete(drive: Drive, thread: number, completion: Completion): void {
    const invocation = this.invocations[thread]!;
    this.serials[thread]++;
    this.invocations[thread] = undefined;
    this.inFlight.remove(thread);
    this.counters.client(invocation.workload, completion.type);
    this.record(drive, thread, invocation, completion.type, completion);
    const worker = this.workers[thread];
    if (completion.type === 'info' || worker.exhausted) worker.replace(this.board.retire(thread));
    this.board.release(thread);
    this.schedule(drive);
  }

  private completeNemesis(drive: Drive, invocation: Invocation, completion: Completion): void {
    if (invocation !== this.nemesisInvocation) return;
    this.nemesisInvocation = undefined;
    this.counters.ofNemesis(completion.type);
    this.record(drive, 'nemesis', invocation, completion.type, completion);
    this.board.release('nemesis');
    this.schedule(drive);
  }

  /** The request may have left and its answer been lost: unknown. Before it left: certainly not. */
  private giveUp(drive: Drive, thread: number, error: string): void {
    const worker = this.workers[thread];
    worker.giveUp();
    this.complete(
      drive,
      thread,
      worker.sent ? { type: 'info', error } : { type: 'fail', error: `no-session: ${error}` },
    );
  }

  private record(
    drive: Drive,
    thread: Thread,
    invocation: Invocation,
    type: Operation['type'],
    completion?: Completion,
  ): void {
    const { f, key, workload } = invocation;
    const value = completion?.value === undefined ? invocation.value : completion.value;
    const node = thread === 'nemesis' ? undefined : this.options.connector.nodeOf(thread);
    const error = completion !== undefined && completion.type !== 'ok' ? completion.error : undefined;
    const process = this.board.processOf(thread);
    const event = this.options.recorder.record({ process, type, f, value, key, node, workload, error });
    this.board.time = event.time;
    try {
      drive.generator = drive.generator.update(this.board, event);
    } catch (failure) {
      this.fail(drive, failure);
    }
  }

  private watchDeadlines(drive: Drive): void {
    const { oldest } = this.inFlight;
    if (drive.deadlineAlarm !== undefined || oldest === undefined) return;
    const delayMs = (this.inFlight.deadline(oldest) - this.options.clock.nowNs()) / 1e6;
    drive.deadlineAlarm = this.options.clock.after(Math.max(0, delayMs), () => {
      drive.deadlineAlarm = undefined;
      const now = this.options.clock.nowNs();
      for (let { oldest } = this.inFlight; oldest !== undefined; { oldest } = this.inFlight) {
        if (this.inFlight.deadline(oldest) > now) break;
        this.giveUp(drive, oldest, 'timeout');
      }
      this.watchDeadlines(drive);
    });
  }

  private wakeAt(drive: Drive, due: number): void {
    // Clocks show whole nanoseconds: one that woke us at the fraction's floor would wake us there for ever.
    const time = Math.ceil(due);
    if (drive.wakeTime <= time) return;
    drive.wakeAlarm?.();
    drive.wakeTime = time;
    drive.wakeAlarm = this.options.clock.after((time - this.options.clock.nowNs()) / 1e6, () => {
      drive.wakeTime = Number.POSITIVE_INFINITY;
      this.schedule(drive);
    });
  }

  private get quiet(): boolean {
    return this.inFlight.count === 0 && this.nemesisInvocation === undefined;
  }

  private finishWhenQuiet(drive: Drive): void {
    if (this.quiet) drive.finish();
  }

  private stop(drive: Drive): void {
    drive.stopped = true;
    this.giveUpNemesis(drive);
    this.schedule(drive);
  }

  /** What the nemesis is doing gets some time more: whoever stops the clients healed everything before, or gave that up. */
  private giveUpNemesis(drive: Drive): void {
    const invocation = this.nemesisInvocation;
    if (invocation === undefined || drive.graceAlarm !== undefined) return;
    const giveUp = () => this.completeNemesis(drive, invocation, { type: 'info', error: 'interrupted' });
    drive.graceAlarm = this.options.clock.after(NEMESIS_GRACE_MS, giveUp);
  }

  private abort(drive: Drive): void {
    drive.stopped = true;
    for (let { oldest } = this.inFlight; oldest !== undefined; { oldest } = this.inFlight) {
      this.giveUp(drive, oldest, 'interrupted');
    }
    this.giveUpNemesis(drive);
    this.schedule(drive);
  }

  private fail(drive: Drive, error: unknown): undefined {
    if (drive !== this.drive || drive.failed) return;
    drive.failed = true;
    this.abort(drive);
    drive.finish(error);
  }
}
