import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { RunStore } from './store.js';

/** Looks at a run while it is being recorded. */
export interface LiveWatch {
  /** Found so far. */
  readonly anomalies: number;
  stop(): void;
}

export interface LiveOptions {
  /** Module that exports `workloads`, `runCheckers` and `streamingCheckers`: the registry. */
  readonly registry: URL;
  /** Pause between two looks; longer where a look takes long. */
  readonly everyMs?: number;
  /** Called with the sentence of the first violation, once. */
  readonly onViolation?: (sentence: string) => void;
  /** Node's own options for the child; by default those of this process. */
  readonly execArgv?: readonly string[];
}

/** What the child sends after each look, and when following finds something. */
export interface LiveFinding {
  readonly anomalies: number;
  readonly sentence?: string;
}

const EVERY_MS = 5000;
const MEMORY_MIB = 1024;
/** Nice value: the test itself goes first. */
const PRIORITY = 15;

/**
 * Judges what is recorded so far, again and again, in a process of its own and at low priority, so that the event loop
 * that drives the clients is not held up. A part of a history proves a violation as well as the whole: what is still
 * open or not yet read counts as unknown. Whatever becomes of the child, the run goes on; the verdict is made at the end.
 */
export function watchInChild(store: RunStore, options: LiveOptions): LiveWatch {
  const { registry, everyMs = EVERY_MS, execArgv = process.execArgv } = options;
  const script = new URL(import.meta.url.endsWith('.ts') ? './live-child.ts' : './live-child.js', import.meta.url);
  const child = fork(fileURLToPath(script), [registry.href, store.directory, String(everyMs)], {
    execArgv: [...execArgv, `--max-old-space-size=${MEMORY_MIB}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let anomalies = 0;
  child.on('spawn', () => lowerPriority(child.pid));
  child.on('error', () => undefined);
  child.on('message', (message) => {
    const finding = message as LiveFinding;
    const isFirst = anomalies === 0 && finding.anomalies > 0;
    anomalies = Math.max(anomalies, finding.anomalies);
    if (isFirst) options.onViolation?.(finding.sentence ?? 'a violation');
  });
  child.unref();
  child.channel?.unref();
  return {
    get anomalies() {
      return anomalies;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, PRIORITY);
  } catch {
    // It ended already, or the system does not let us.
  }
}
