import { freemem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Anomaly, CheckContext, Verdict } from '../../checkers/checker.js';
import type { History } from '../history/history.js';
import type { Restore } from '../history/restores.js';
import { UserError } from '../kit/errors.js';
import { PROVING_MS, undecided, withoutProofs } from './build-verdict.js';
import type { FromWorker, PortableContext, ToWorker, WorkerSettings } from './messages.js';
import { packHistory } from './portable-history.js';
import type { CheckerSource } from './source.js';

/** One check, by a checker that the thread can find. */
export interface ThreadedCheck {
  readonly source: CheckerSource;
  readonly history: History;
  readonly context: CheckContext;
  readonly restores: readonly Restore[];
}

export interface ThreadOptions {
  /** Module that exports `checkerOf(source)`. */
  readonly resolver: URL;
  /** The memory budget of checks. */
  readonly memoryBytes: number;
  /** Past its budget a checker has that long to answer by itself, with what it knows. */
  readonly graceMs?: number;
}

const GRACE_MS = 700;
/** After a cancellation. */
const CANCEL_GRACE_MS = 300;
/** Starting from TypeScript sources on a busy machine takes long. */
const START_MS = 120_000;
const LOOK_EVERY_MS = 50;
const NO_PROOFS = 'proving was ended before it was done';
const MIB = 1024 * 1024;
/** Checkers count what they hold; garbage that is not yet collected comes on top. */
const MEMORY_SLACK = { share: 0.25, bytes: 256 * MIB } as const;
const MOST_OF_FREE = 0.9;
const LONGEST_TIMER_MS = 0x7fffffff;

/**
 * Checks in a thread of its own, one after the other, so that no checker has to be trusted to look at the clock: one that
 * overruns its time or memory is ended from outside. The thread is started again after that, and ends with the process.
 */
export class CheckThread {
  private worker: Worker | undefined;
  private ready: Promise<void> | undefined;
  private readonly limitBytes: number;

  constructor(private readonly options: ThreadOptions) {
    const { memoryBytes } = options;
    this.limitBytes = memoryBytes + Math.max(MEMORY_SLACK.bytes, memoryBytes * MEMORY_SLACK.share);
  }

  /** Starts the thread, so that it is there when it is needed. */
  warmUp(): void {
    this.ready ??= this.start();
    // Whoever checks hears of it.
    this.ready.catch(() => undefined);
  }

  /** Ends the thread, without waiting for its end. */
  close(): void {
    const { worker } = this;
    this.worker = undefined;
    this.ready = undefined;
    void worker?.terminate();
  }

  /**
   * The verdict of a check. One that did not answer in its time, took too much memory or was interrupted is `unknown`,
   * or `invalid` where it had told of a certain violation by then.
   *
   * @throws whatever the checker threw; a {@link UserError} as such
   */
  async check(task: ThreadedCheck): Promise<Verdict> {
    if (task.context.signal?.aborted === true) return undecided('interrupted before it was checked');
    this.warmUp();
    // Nobody waits for an idle thread, but for one that is asked.
    this.worker?.ref();
    await this.ready;
    const { worker } = this;
    if (worker === undefined) throw new Error('the thread for checks ended as soon as it had started');
    try {
      return await this.ask(worker, task);
    } finally {
      worker.unref();
    }
  }

  private ask(worker: Worker, task: ThreadedCheck): Promise<Verdict> {
    const { signal, budget } = task.context;
    const certain: Anomaly[] = [];
    const graceMs = this.options.graceMs ?? GRACE_MS;
    let judged: Verdict | undefined;
    return new Promise<Verdict>((resolve, reject) => {
      const timers: NodeJS.Timeout[] = [];
      const after = (delayMs: number, then: () => void): NodeJS.Timeout | undefined => {
        if (delayMs >= LONGEST_TIMER_MS) return undefined;
        const timer = setTimeout(then, delayMs);
        timers.push(timer);
        return timer;
      };
      const settle = (then: () => void) => {
        for (const timer of timers) clearTimeout(timer);
        worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
        worker.on('error', () => undefined);
        signal?.removeEventListener('abort', cancel);
        then();
      };
      const end = (reason: string) => {
        settle(() => {
          this.close();
          resolve(judged === undefined ? endedVerdict(reason, certain) : withoutProofs(judged, NO_PROOFS));
        });
      };
      const cancel = () => {
        worker.postMessage({ what: 'cancel' } satisfies ToWorker);
        after(CANCEL_GRACE_MS, () => end('interrupted while it was being checked'));
      };
      worker.removeAllListeners('error').removeAllListeners('exit');
      worker.on('message', (message: FromWorker) => {
        switch (message.what) {
          case 'ready':
            return;
          case 'certain':
            certain.push(message.anomaly);
            task.context.certain?.(message.anomaly);
            return;
          case 'progress':
            task.context.progress?.(message.line);
            return;
          case 'judged':
            judged = message.verdict;
            clearTimeout(overrun);
            after(PROVING_MS + graceMs, () => end('proving took too long'));
            return;
          case 'verdict':
            settle(() => resolve(message.verdict));
            return;
          case 'failed':
            settle(() => {
              if (judged === undefined) reject(errorOf(message));
              else resolve(withoutProofs(judged, `proving failed: ${message.message}`));
            });
        }
      });
      worker.on('error', (error: NodeJS.ErrnoException) =>
        end(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? this.overMemory(budget) : `the checker failed: ${error.message}`,
        ),
      );
      worker.on('exit', () => end('the thread that checked ended before it answered'));
      signal?.addEventListener('abort', cancel);
      const overrun = after(budget.timeMs + graceMs, () =>
        end(`it did not answer in its time, ${wordsOf(budget.timeMs)}`),
      );
      timers.push(this.watchMemory(() => end(this.overMemory(budget))));
      worker.postMessage(messageOf(task));
    });
  }

  /** All memory of the process, whatever holds it: a heap's limit says nothing of typed arrays. */
  private watchMemory(exceeded: () => void): NodeJS.Timeout {
    const before = process.memoryUsage.rss();
    const limit = Math.min(this.limitBytes, freemem() * MOST_OF_FREE);
    return setInterval(() => {
      if (process.memoryUsage.rss() - before > limit) exceeded();
    }, LOOK_EVERY_MS);
  }

  private overMemory({ memoryBytes }: CheckContext['budget']): string {
    const budget = Number.isFinite(memoryBytes) ? `its budget, ${Math.round(memoryBytes / MIB)} MiB` : 'there is';
    return `it needed more memory than ${budget}`;
  }

  private start(): Promise<void> {
    const fromSources = import.meta.url.endsWith('.ts');
    const script = new URL(fromSources ? './check-worker-from-sources.mjs' : './check-worker.js', import.meta.url);
    const heapMib = Math.min(Math.ceil(this.limitBytes / MIB), MOST_HEAP_MIB);
    const worker = new Worker(script, {
      execArgv: [],
      workerData: { resolver: this.options.resolver.href } satisfies WorkerSettings,
      resourceLimits: { maxOldGenerationSizeMb: heapMib, maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    this.worker = worker;
    return new Promise<void>((resolve, reject) => {
      const failed = (why: string) => {
        clearTimeout(timer);
        if (this.worker === worker) this.close();
        reject(new Error(`the thread for checks did not start: ${why}`));
      };
      const timer = setTimeout(() => failed(`nothing heard of it for ${wordsOf(START_MS)}`), START_MS);
      timer.unref();
      worker.once('error', (error) => failed(error.message));
      worker.once('exit', () => failed('it ended'));
      worker.once('message', () => {
        clearTimeout(timer);
        worker.removeAllListeners('error').removeAllListeners('exit');
        // A thread that dies between two checks is not heard of until somebody asks it.
        worker.on('error', () => this.worker === worker && this.close());
        worker.on('exit', () => this.worker === worker && this.close());
        resolve();
      });
      worker.unref();
    });
  }
}

/** As much as the main thread of Node would take. */
const YOUNG_MIB = 48;
const MOST_HEAP_MIB = 64 * 1024;

/** What is known of a check that was ended from outside. */
function endedVerdict(reason: string, certain: readonly Anomaly[]): Verdict {
  const [first, ...rest] = certain;
  if (first === undefined) return undecided(reason);
  const notChecked = [`${reason}: there may be more violations, and smaller witnesses`];
  return { validity: 'invalid', anomalies: [first, ...rest], details: {}, checked: [], notChecked };
}

function messageOf({ source, history, context, restores }: ThreadedCheck): ToWorker {
  const { budget, options, consistency, claimed, witnessBudgetMs } = context;
  const portable: PortableContext = {
    ...{ budget, options },
    ...(consistency !== undefined && { consistency }),
    ...(claimed !== undefined && { claimed }),
    ...(witnessBudgetMs !== undefined && { witnessBudgetMs }),
  };
  return { what: 'check', source, history: packHistory(history), context: portable, restores };
}

function errorOf({ message, exitCode, stack }: Extract<FromWorker, { readonly what: 'failed' }>): Error {
  if (exitCode !== undefined) return new UserError(message, exitCode);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function wordsOf(timeMs: number): string {
  return timeMs < 1000 ? `${Math.round(timeMs)} ms` : `${Number((timeMs / 1000).toPrecision(3))} s`;
}
