import { readFile } from 'node:fs/promises';
import { bounded } from '../wait.js';
import type { Pod } from '../engine/pods.js';
import { unpause } from '../engine/thaw.js';
import type { FreezerAbility } from '../system.js';
import { SandboxWatch } from './sandbox-watch.js';

const TIMEOUT_MS = 10_000;

/**
 * Freezes the database container with the engine's own pause (cgroup freezer). The sandbox is not frozen: the node's
 * address still answers, and commands still run in the pod.
 */
export function freezerAbility(podOf: (node: string) => Pod): FreezerAbility {
  const watch = new SandboxWatch();
  return {
    async freeze(node) {
      const pod = podOf(node);
      const { Running, Paused } = await state(pod);
      if (Paused) return;
      if (!Running) throw new Error(`${node}: the database is down and cannot be frozen`);
      watch.begin(pod, () => unpause(pod.database));
      await bounded(pod.database.pause(), TIMEOUT_MS, `freezing ${node}`);
    },
    async thaw(node) {
      const pod = podOf(node);
      watch.end(node);
      if (!(await state(pod)).Paused) return;
      try {
        await bounded(pod.database.unpause(), TIMEOUT_MS, `thawing ${node}`);
      } catch (error) {
        // Killed or thawed by somebody else meanwhile: what counts is that it is not frozen.
        if ((await state(pod)).Paused) throw error;
      }
    },
    frozen: async (node) => (await state(podOf(node))).Paused,
    cpuTimeNs: (node) => cpuTimeNs(podOf(node)),
  };
}

async function state(pod: Pod): Promise<{ readonly Running: boolean; readonly Paused: boolean }> {
  return (await bounded(pod.database.inspect(), TIMEOUT_MS, `inspecting ${pod.node}`)).State;
}

/** From the container's cgroup where it can be read; the engine's own statistics take half a second longer. */
async function cpuTimeNs(pod: Pod): Promise<number> {
  const { id } = pod.database;
  for (const [path, parse] of CPU_FILES) {
    const text = await readFile(path.replace('ID', id), 'utf8').catch(() => undefined);
    const time = text === undefined ? Number.NaN : parse(text);
    if (Number.isFinite(time)) return time;
  }
  const work = pod.database.stats({ stream: false, 'one-shot': true });
  return (await bounded(work, TIMEOUT_MS, `reading the CPU time of ${pod.node}`)).cpu_stats.cpu_usage.total_usage;
}

const cpuStat = (text: string) => Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) * 1_000;

/** Version 1, and version 2 under either cgroup driver. */
const CPU_FILES: readonly (readonly [string, (text: string) => number])[] = [
  ['/sys/fs/cgroup/cpuacct/docker/ID/cpuacct.usage', Number],
  ['/sys/fs/cgroup/docker/ID/cpu.stat', cpuStat],
  ['/sys/fs/cgroup/system.slice/docker-ID.scope/cpu.stat', cpuStat],
];
