import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { etcd } from '../etcd/system.js';
import type { PodCluster } from '../pod-cluster.js';
import { leftovers } from '../testing/leftovers.js';
import { until } from '../wait.js';
import { prepareEngine } from './bootstrap.js';
import type { Engine } from './engine.js';
import { clean } from './janitor.js';
import { LABEL } from './labels.js';
import { prepareImages } from './prepare.js';

/** Whoever dies, whatever outlives it is undone within this time. */
const UNDONE_MS = 10_000;
const READY_MS = 60_000;

let engine: Engine;
beforeAll(async () => {
  engine = await prepareEngine();
  await prepareImages(etcd, {});
});
afterAll(() => clean('all', engine));

let clusters = 0;
async function launch(): Promise<PodCluster> {
  const cluster = await etcd.launch({
    runId: `lifeline-${process.pid}-${clusters++}`,
    nodes: 3,
    options: {},
    needs: ['power', 'disks'],
    progress: () => undefined,
  });
  await cluster.ready(READY_MS);
  return cluster as PodCluster;
}

const containersOf = (runId: string, role: string) =>
  engine.listContainers({ all: true, filters: { label: [`${LABEL.run}=${runId}`, `${LABEL.role}=${role}`] } });

/** As `docker kill`, which does not wait for what cannot die. */
async function kill(id: string): Promise<void> {
  void engine
    .getContainer(id)
    .kill()
    .catch(() => undefined);
}

async function killAgent(runId: string): Promise<void> {
  for (const { Id } of await containersOf(runId, 'agent')) await kill(Id);
}

async function within<T>(timeoutMs: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  return until(() => ask().catch(() => undefined), { timeoutMs, everyMs: 200 });
}

/** Processes in state D that wait for a file system of ours would be these. */
function stuck(): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const stat = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
      return / D /.test(stat.slice(stat.lastIndexOf(')'))) && /\((etcd|dd)\)/.test(stat) ? [stat.slice(0, 40)] : [];
    } catch {
      return [];
    }
  });
}

describe('the agent of the disks', () => {
  it.each(['stall', 'fill'] as const)('killed during a %s: it is undone, and another agent goes on', async (fault) => {
    await using cluster = await launch();
    const disks = cluster.abilities.disks!;
    await disks[fault]('n1');
    expect((await disks.probe('n1')).write).not.toBe('ok');
    await killAgent(cluster.site.runId);
    const healthy = await within(UNDONE_MS, async () => ((await disks.probe('n1')).write === 'ok' ? true : undefined));
    expect(healthy).toBe(true);
    await disks.mend('n1');
    // All it could do, it can do again.
    await disks[fault]('n2');
    expect((await disks.probe('n2')).write).not.toBe('ok');
    await disks.mend('n2');
    await cluster.ready(READY_MS);
    expect(stuck()).toEqual([]);
  });

  it('killed while a disk is dead or the power is off: both come back', async () => {
    await using cluster = await launch();
    const { disks, power } = cluster.abilities;
    await disks!.fail('n1');
    await power!.cut(['n2']);
    await killAgent(cluster.site.runId);
    await disks!.mend('n1');
    await power!.restore(['n2']);
    await cluster.ready(READY_MS);
  });
});

describe('the sandbox of a node', () => {
  it('killed while its disk is stalled, its database frozen, or anything else is done to it: nothing stays', async () => {
    await using cluster = await launch();
    const { disks, freezer, network, processes } = cluster.abilities;
    await network!.cut([{ from: 'n1', to: 'n2' }]);
    await processes!.signal('n3', 'STOP');
    await disks!.stall('n1');
    await disks!.probe('n1');
    await freezer!.freeze('n2');
    for (const { Id } of await containersOf(cluster.site.runId, 'sandbox')) await kill(Id);
    const down = await within(UNDONE_MS, async () => {
      const states = (await containersOf(cluster.site.runId, 'database')).map(({ State }) => State);
      return states.every((state) => state === 'exited') ? states.length : undefined;
    });
    expect(down).toBe(3);
    // Healing what is no longer there ends, one way or the other.
    const heals = [disks!.mend('n1'), freezer!.thaw('n2'), processes!.signal('n3', 'CONT')];
    const settled = Promise.allSettled(heals).then(() => true);
    expect(await within(READY_MS, () => settled)).toBe(true);
  });
});

/** A harness of its own process, with faults of every kind in place. */
async function victim(runId: string) {
  const script = fileURLToPath(new URL('../testing/victim.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, runId], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

const mine = async (runId: string) => (await leftovers(engine)).filter((line) => line.includes(runId));

/** Pids of the guards of a run. */
function guardsOf(runId: string): readonly number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return command.includes(runId) && command.some((word) => /guardian\.[tj]s$/.test(word));
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('the harness', () => {
  it('killed together with the agent, during a stall, a freeze and a cut: its guard removes all of it', async () => {
    const runId = `lifeline-${process.pid}-guarded`;
    const child = await victim(runId);
    await killAgent(runId);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const gone = await within(2 * UNDONE_MS, async () => ((await mine(runId)).length === 0 ? true : undefined));
    expect(await mine(runId)).toEqual([]);
    expect(gone).toBe(true);
    expect(stuck()).toEqual([]);
  });

  it('killed together with the agent and the guard: the next start, or clean, removes all of it', async () => {
    const runId = `lifeline-${process.pid}-alone`;
    const child = await victim(runId);
    const [first] = guardsOf(runId);
    process.kill(first, 'SIGKILL');
    // A guard that was ended is followed by another.
    const second = await within(UNDONE_MS, async () => guardsOf(runId).find((pid) => pid !== first));
    expect(second).toBeDefined();
    child.kill('SIGSTOP');
    process.kill(second!, 'SIGKILL');
    await killAgent(runId);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await mine(runId)).not.toEqual([]);
    await clean('all', engine);
    expect(await mine(runId)).toEqual([]);
    expect(stuck()).toEqual([]);
  });
});
