import { type ChildProcess, fork } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
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
  /** The first ones. */
  readonly sentences?: readonly string[];
}

/** live.json: what was found so far, for who looks at the run from another process; gone when the run is judged. */
export interface LiveFindings {
  readonly anomalies: number;
  readonly sentences: readonly string[];
}

const EVERY_MS = 5000;
const MEMORY_MIB = 1024;
const MAX_SENTENCES = 20;
/**
 * What a child does, and its nice value: the test itself goes first. Following costs little and must tell within a
 * second, also on a busy machine; looks at the whole take what is left.
 */
const DUTIES = { follow: 1, look: 15 } as const;

/**
 * Judges what is recorded so far in processes of their own, so that the event loop that drives the clients is not held
 * up: one follows event by event, the other looks at the whole again and again. A part of a history proves a violation
 * as well as the whole: what is still open or not yet read counts as unknown. Whatever becomes of the children, the run
 * goes on; the verdict is made at the end.
 */
export function watchInChild(store: RunStore, options: LiveOptions): LiveWatch {
  const found = { follow: 0, look: 0 };
  const anomalies = () => Math.max(found.follow, found.look);
  const sentences = new Set<string>();
  let stopped = false;
  // A convenience for those who watch: where it cannot be written, nothing is lost.
  let told: Promise<unknown> = Promise.resolve();
  const tell = () => {
    const findings: LiveFindings = { anomalies: anomalies(), sentences: [...sentences].slice(0, MAX_SENTENCES) };
    told = told.then(() => (stopped ? undefined : replaceFile(store.livePath, JSON.stringify(findings))));
    told = told.catch(() => undefined);
  };
  const children = (['follow', 'look'] as const).map((duty) => {
    const child = startChild(store, options, duty);
    child.on('message', (message) => {
      const finding = message as LiveFinding;
      const isFirst = anomalies() === 0 && finding.anomalies > 0;
      found[duty] = Math.max(found[duty], finding.anomalies);
      for (const sentence of finding.sentences ?? []) sentences.add(sentence);
      if (finding.anomalies > 0) tell();
      if (isFirst) options.onViolation?.(finding.sentence ?? 'a violation');
    });
    return child;
  });
  return {
    get anomalies() {
      return anomalies();
    },
    stop: () => {
      stopped = true;
      void told.then(() => rm(store.livePath, { force: true })).catch(() => undefined);
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

/** A reader sees the old text or the new. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, path);
}

function startChild(store: RunStore, options: LiveOptions, duty: keyof typeof DUTIES): ChildProcess {
  const { registry, everyMs = EVERY_MS, execArgv = process.execArgv } = options;
  const script = new URL(import.meta.url.endsWith('.ts') ? './live-child.ts' : './live-child.js', import.meta.url);
  const child = fork(fileURLToPath(script), [registry.href, store.directory, String(everyMs), duty], {
    execArgv: [...execArgv, `--max-old-space-size=${MEMORY_MIB}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.on('spawn', () => lowerPriority(child.pid, DUTIES[duty]));
  child.on('error', () => undefined);
  child.unref();
  child.channel?.unref();
  return child;
}

function lowerPriority(pid: number | undefined, nice: number): void {
  try {
    if (pid !== undefined) setPriority(pid, nice);
  } catch {
    // It ended already, or the system does not let us.
  }
}
