import { spawn } from 'node:child_process';
import { existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { EXIT, UserError } from '../../harness/kit/errors.js';
import { until } from '../wait.js';
import { canInstall, install } from './apt.js';
import { unlessAborted } from './children.js';
import { reach, whatToDo, type Engine } from './engine.js';
import { startTicksOf } from './owner.js';
import { silent, task, type Progress } from './progress.js';

const TASK = 'Docker Engine';

/**
 * An engine that answers: the one that runs; else, as root on Debian or Ubuntu, one installed and started here; else a
 * {@link UserError} (exit 255) with one line of what to do. An engine of another host (DOCKER_HOST) is never touched.
 */
export async function prepareEngine(progress: Progress = silent, signal?: AbortSignal): Promise<Engine> {
  const found = await reach();
  if (found.kind === 'up') {
    progress({ task: TASK, state: 'cached', line: `version ${found.version}, API ${found.apiVersion}` });
    return found.engine;
  }
  if (found.kind === 'forbidden' || process.env['DOCKER_HOST'] || !(await canInstall())) {
    throw new UserError(whatToDo(found), EXIT.harnessError);
  }
  let engine: Engine | undefined;
  await task(TASK, 'no engine answers; setting one up', progress, async () => {
    const line = (text: string) => progress({ task: TASK, state: 'output', line: text });
    if (!(await isInstalled())) await install(['docker.io', ...extras()], line, signal);
    signal?.throwIfAborted();
    engine = await unlessAborted(start(line), signal);
    return 'started';
  });
  return engine!;
}

async function isInstalled(): Promise<boolean> {
  return !(await execa('dockerd', ['--version'], { reject: false })).failed;
}

/** Machines without systemd may have no cgroup hierarchy mounted, without which no container starts. */
function extras(): readonly string[] {
  return cgroupsMounted() ? [] : ['cgroupfs-mount'];
}

function cgroupsMounted(): boolean {
  return existsSync('/sys/fs/cgroup') && readdirSync('/sys/fs/cgroup').length > 0;
}

async function start(line: (text: string) => void): Promise<Engine> {
  let daemon: Daemon = { log: 'journalctl -u docker', ended: () => false };
  if (existsSync('/run/systemd/system')) {
    line('starting docker.service');
    await execa('systemctl', ['start', 'docker'], { reject: false, timeout: 60_000 });
  } else if (!alreadyStarting()) {
    if (!cgroupsMounted()) await execa('cgroupfs-mount', [], { reject: false });
    daemon = startDetached();
    line(`starting dockerd, log in ${daemon.log}`);
  }
  const found = await until(
    async () => {
      const now = await reach();
      return now.kind === 'up' || daemon.ended() ? now : undefined;
    },
    { timeoutMs: 60_000, everyMs: 200 },
  );
  if (found?.kind === 'up') return found.engine;
  throw new UserError(`The Docker Engine was started and does not answer; see ${daemon.log}.`, EXIT.harnessError);
}

interface Daemon {
  /** Where it logs. */
  readonly log: string;
  readonly ended: () => boolean;
}

/** Installing the package may itself have started the daemon. */
function alreadyStarting(): boolean {
  try {
    return startTicksOf(Number(readFileSync('/var/run/docker.pid', 'utf8'))) !== undefined;
  } catch {
    return false;
  }
}

/** Starts the daemon so that it outlives this process. */
function startDetached(): Daemon {
  const log = join(existsSync('/var/log') ? '/var/log' : tmpdir(), 'faultline-dockerd.log');
  const output = openSync(log, 'a');
  const daemon = spawn('dockerd', [], { detached: true, stdio: ['ignore', output, output] });
  let ended = false;
  daemon.once('exit', () => (ended = true)).once('error', () => (ended = true));
  daemon.unref();
  return { log, ended: () => ended };
}
