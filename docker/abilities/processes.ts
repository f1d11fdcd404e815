import { bounded, until } from '../wait.js';
import { exec } from '../engine/exec.js';
import { startDatabase, type Pod } from '../engine/pods.js';
import type { ProcessAbility, ProcessStatus } from '../system.js';
import { living, parseStats } from './procfs.js';

const SCRIPT_TIMEOUT_MS = 10_000;
const GONE_TIMEOUT_MS = 5_000;

/** Faults on processes by name, from the sandbox, which shares the pid namespace and outlives the database. */
export function processAbility(podOf: (node: string) => Pod, names: readonly string[]): ProcessAbility {
  return {
    status: (node, only) => status(podOf(node), only ?? names),
    signal: (node, signal, only) => send(podOf(node), only ?? names, signal, only === undefined),
    async exit(node) {
      const { State } = await inspect(podOf(node));
      return State.Running || State.Restarting ? undefined : { code: State.ExitCode };
    },
    async start(node) {
      const pod = podOf(node);
      const { State } = await inspect(pod);
      // A frozen database runs; the engine would refuse to start it.
      if (!State.Running) await startDatabase(pod, 15_000);
    },
  };
}

export async function status(pod: Pod, names: readonly string[]): Promise<readonly ProcessStatus[]> {
  const { stdout } = await exec(pod.sandbox, ['sh', '-c', 'cat /proc/[0-9]*/stat 2>/dev/null'], SCRIPT_TIMEOUT_MS);
  return living(parseStats(stdout), names);
}

async function send(
  pod: Pod,
  names: readonly string[],
  signal: 'KILL' | 'STOP' | 'CONT',
  all: boolean,
): Promise<readonly number[]> {
  const pattern = names.map((name) => name.slice(0, 15).replace(/[^\w-]/g, '\\$&')).join('|');
  // One process may start another between being listed and being killed: kill until none is left. But a supervisor that
  // lives on starts them again, and that is not to be fought.
  const script = `pkill -e -x -r D,R,S,T,t,I -${signal} "$1" ${
    signal === 'KILL' && all ? '&& for i in 1 2 3 4 5; do pkill -e -x -r D,R,S,T,t,I -KILL "$1" || break; done' : ''
  }`;
  const { stdout } = await exec(pod.sandbox, ['sh', '-c', script, 'signal', pattern], SCRIPT_TIMEOUT_MS);
  const pids = [...new Set([...stdout.matchAll(/\(pid (\d+)\)/g)].map((match) => Number(match[1])))];
  if (signal === 'KILL' && pids.length > 0) await untilGone(pod, names, pids);
  return pids;
}

/**
 * Waits until the killed processes are gone and the engine knows it. A frozen process cannot die, on cgroup v1, until
 * it is thawed; it is, and dies before it runs a single instruction of its own.
 */
async function untilGone(pod: Pod, names: readonly string[], pids: readonly number[]): Promise<void> {
  if ((await inspect(pod)).State.Paused) await pod.database.unpause().catch(() => undefined);
  const gone = await until(
    async () => ((await status(pod, names)).some(({ pid }) => pids.includes(pid)) ? undefined : true),
    { timeoutMs: GONE_TIMEOUT_MS, everyMs: 20 },
  );
  if (!gone)
    throw new Error(`${pod.node}: processes ${pids.join(', ')} still there ${GONE_TIMEOUT_MS} ms after SIGKILL`);
  // Under a supervisor the container lives on, and that is not waited for longer than this.
  await until(async () => ((await inspect(pod)).State.Running ? undefined : true), { timeoutMs: 1_000, everyMs: 20 });
}

function inspect(pod: Pod) {
  return bounded(pod.database.inspect(), 5_000, `inspecting ${pod.node}`);
}
