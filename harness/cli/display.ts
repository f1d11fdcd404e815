import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import prettyMilliseconds from 'pretty-ms';
import type { TaskEvent } from '../../docker/engine/progress.js';

const FRAME_MS = 100;

/**
 * What a person watches while a command works: running tasks and one status line, redrawn in place on a terminal; plain
 * lines, one per change, where the output is a file or a CI log. Writes to standard error, so that results can be piped.
 */
export class Display {
  readonly #isLive = process.stderr.isTTY === true && process.env['CI'] === undefined;
  readonly #draw = createLogUpdate(process.stderr);
  readonly #running = new Map<string, { readonly line: string; readonly startedMs: number }>();
  #status = '';
  #lastPrinted = '';
  #timer: NodeJS.Timeout | undefined;

  /** A line that stays. */
  log(line: string): void {
    if (this.#isLive) this.#draw.clear();
    process.stderr.write(`${line}\n`);
    this.#redraw();
  }

  /** Progress of one of several tasks. */
  readonly task = (event: TaskEvent): void => {
    const startedMs = this.#running.get(event.task)?.startedMs ?? Date.now();
    switch (event.state) {
      case 'started':
      case 'output':
        this.#running.set(event.task, { line: event.line, startedMs });
        if (event.state === 'started' && !this.#isLive) this.log(`${pc.dim('…')} ${event.task}: ${event.line}`);
        this.#redraw();
        return;
      case 'done':
      case 'failed': {
        this.#running.delete(event.task);
        const mark = event.state === 'done' ? pc.green('✓') : pc.red('✗');
        this.log(`${mark} ${event.task}: ${event.line} ${pc.dim(`(${prettyMilliseconds(Date.now() - startedMs)})`)}`);
        return;
      }
      case 'cached':
        this.log(`${pc.green('✓')} ${event.task}: ${event.line}`);
    }
  };

  /** The line at the bottom. In a log, where nothing is redrawn, it is printed when `milestone` changes. */
  status(line: string, milestone: string): void {
    this.#status = line;
    if (!this.#isLive && milestone !== this.#lastPrinted) {
      this.#lastPrinted = milestone;
      process.stderr.write(`${line}\n`);
    }
    this.#redraw();
  }

  /** Clears what is drawn in place; what was logged stays. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running.clear();
    this.#status = '';
    if (this.#isLive) this.#draw.clear();
  }

  #redraw(): void {
    if (!this.#isLive || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const tasks = [...this.#running].map(([task, { line, startedMs }]) => {
        const sinceMs = Math.floor((Date.now() - startedMs) / 1000) * 1000;
        return `${pc.cyan('…')} ${task} ${pc.dim(prettyMilliseconds(sinceMs))} ${pc.dim(line.slice(0, 80))}`;
      });
      this.#draw([...tasks, ...(this.#status === '' ? [] : [this.#status])].join('\n'));
    }, FRAME_MS);
    this.#timer.unref();
  }
}
