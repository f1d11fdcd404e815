import type { Generator } from '../generator/generator.js';
import type { Cancel } from '../kit/clock.js';

/** One generator being driven by an interpreter, from its start to its end. */
export class Drive {
  scheduled = false;
  stopped = false;
  failed = false;
  wakeTime = Number.POSITIVE_INFINITY;
  wakeAlarm: Cancel | undefined;
  deadlineAlarm: Cancel | undefined;
  graceAlarm: Cancel | undefined;
  private readonly unlisten: (() => void)[] = [];

  constructor(
    public generator: Generator,
    private readonly settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void },
  ) {}

  listen(signal: AbortSignal | undefined, callback: () => void): void {
    if (signal === undefined) return;
    if (signal.aborted) queueMicrotask(callback);
    signal.addEventListener('abort', callback, { once: true });
    this.unlisten.push(() => signal.removeEventListener('abort', callback));
  }

  finish(error?: unknown): void {
    for (const unlisten of this.unlisten) unlisten();
    this.wakeAlarm?.();
    this.deadlineAlarm?.();
    this.graceAlarm?.();
    if (error === undefined) this.settle.resolve();
    else this.settle.reject(error);
  }
}
