import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What a guard is told when the run has been taken down in order; any other end of its input is the harness' death. */
export const DISMISSAL = 'dismissed';

export interface Guard {
  /** The run is gone in order: nothing to do any more. */
  dismiss(): void;
}

/**
 * The second half of the dead-man's switch: a process of its own session that removes the run when the harness dies.
 * The sandboxes' lifelines alone do not do: a frozen container (cgroup v1) cannot die, and keeps its sandbox's pid
 * namespace, and so both containers, from ending until somebody thaws it.
 */
export function startGuard(runId: string): Guard {
  let dismissed = false;
  let guardian = start(runId);
  // Should somebody end it, another one takes over; one that cannot even start is not tried for ever.
  let left = RESTARTS;
  const watch = () => {
    guardian.once('exit', () => {
      if (dismissed || left-- === 0) return;
      guardian = start(runId);
      watch();
    });
  };
  watch();
  return {
    dismiss: () => {
      dismissed = true;
      guardian.stdin.end(DISMISSAL);
    },
  };
}

const RESTARTS = 5;

function start(runId: string): ChildProcessByStdio<Writable, null, null> {
  const fromSources = import.meta.url.endsWith('.ts');
  const script = fileURLToPath(new URL(fromSources ? './guardian.ts' : './guardian.js', import.meta.url));
  // TypeScript sources need a loader to run as a program; the package has none and needs none.
  const loader = fromSources ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  const guardian = spawn(process.execPath, [...loader, script, runId], {
    // A session and a directory of its own: neither Ctrl-C nor an unmount concerns it.
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // It must neither keep the harness running nor, should it not start, take it down: the lifelines remain.
  guardian.unref();
  (guardian.stdin as Socket).unref();
  guardian.on('error', () => undefined);
  guardian.stdin.on('error', () => undefined);
  return guardian;
}
