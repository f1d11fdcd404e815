import type { Agent } from '../engine/agent.js';
import { tolerating } from '../engine/engine.js';
import { linesSince } from '../engine/logs.js';
import { startDatabase, type Pod } from '../engine/pods.js';
import { eachPod } from './each-pod.js';
import type { PowerAbility } from '../system.js';
import { bounded, until } from '../wait.js';

const TIMEOUT_MS = 15_000;
const QUOTED_LINES = 3;

/**
 * Power loss on loop-mounted XFS: the file systems are shut down without flushing their logs, so that all that was not
 * synced is gone, and the databases are killed. Processes are frozen first: nobody may answer a client from memory after
 * the disk is dead.
 */
export function powerAbility(podOf: (node: string) => Pod, agent: Agent, recovery: RegExp | undefined): PowerAbility {
  /** When each node's power came back, s since the epoch. */
  const restored = new Map<string, number>();
  return {
    async cut(nodes) {
      const pods = nodes.map(podOf);
      await eachPod(pods, freeze).catch(() => undefined);
      const shutdowns = nodes.map((node) => `xfs_io -x -c shutdown ${agent.pathOf(node)} &`);
      const dead = agent.run([...shutdowns, 'wait'].join('\n'));
      await dead.catch(() => undefined);
      await eachPod(pods, kill);
      await dead;
      await agent.attempt(nodes.map((node) => `umount ${agent.pathOf(node)}`).join('; '));
    },
    async restore(nodes) {
      await eachPod(nodes.map(podOf), async (pod) => {
        const { State } = await bounded(pod.database.inspect(), TIMEOUT_MS, `inspecting ${pod.node}`);
        if (State.Running && (await isUp(agent, pod.node))) return;
        if (State.Running) await kill(pod);
        restored.set(pod.node, Date.now() / 1000);
        if (!(await isUp(agent, pod.node))) await agent.mount(pod.node);
        await startDatabase(pod, TIMEOUT_MS);
      });
    },
    status: async (node) => ({ up: await isUp(agent, node), mounts: agent.mounts(node) }),
    ...(recovery && {
      async recoveryLog(node: string) {
        const since = restored.get(node);
        if (since === undefined) return [];
        const lines = await linesSince(podOf(node).database, since);
        return lines.filter((line) => recovery.test(line)).slice(0, QUOTED_LINES);
      },
    }),
  };
}

/** Mounted, and something can be read from it: a file system that was shut down answers every question with an error. */
export async function isUp(agent: Agent, node: string): Promise<boolean> {
  const path = agent.pathOf(node);
  return (await agent.attempt(`mountpoint -q ${path} && ls ${path} >/dev/null`)).exitCode === 0;
}

async function freeze(pod: Pod): Promise<void> {
  // Down, or frozen already.
  await bounded(tolerating([409], pod.database.pause()), TIMEOUT_MS, `freezing ${pod.node}`);
}

/** Ends the database container at once, whatever it is doing, and waits until the engine knows. */
export async function kill(pod: Pod): Promise<void> {
  const what = `killing ${pod.node}`;
  // 409: it is down. On cgroup v1 a frozen process dies when it is thawed, before it runs an instruction of its own.
  await bounded(tolerating([409, 500], pod.database.kill({ signal: 'SIGKILL' })), TIMEOUT_MS, what);
  await bounded(tolerating([409, 500], pod.database.unpause()), TIMEOUT_MS, what);
  const ended = await until(async () => ((await pod.database.inspect()).State.Running ? undefined : true), {
    timeoutMs: TIMEOUT_MS,
    everyMs: 20,
  });
  if (!ended) throw new Error(`${pod.node}: still running ${TIMEOUT_MS} ms after SIGKILL`);
}
