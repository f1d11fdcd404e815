import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../wait.js';
import { etcd } from '../etcd/system.js';
import { prepareEngine } from './bootstrap.js';
import type { Engine } from './engine.js';
import { clean } from './janitor.js';
import { LABEL } from './labels.js';
import { prepareImages } from './prepare.js';

let engine: Engine;
const victims: ChildProcess[] = [];

beforeAll(async () => {
  engine = await prepareEngine();
  await prepareImages(etcd, {});
});
afterAll(async () => {
  for (const victim of victims) victim.kill('SIGKILL');
  await clean();
});

function startVictim(runId: string): ChildProcess {
  const script = fileURLToPath(new URL('../testing/victim.ts', import.meta.url));
  const victim = spawn(process.execPath, ['--import', 'tsx', script, runId], { stdio: ['ignore', 'pipe', 'inherit'] });
  victims.push(victim);
  return victim;
}

const containersOf = (runId: string, states: readonly string[]) =>
  engine.listContainers({ all: true, filters: { label: [`${LABEL.run}=${runId}`], status: [...states] } });

/** Containers whose processes may still run; a paused one counts. */
const alive = (runId: string) => containersOf(runId, ['running', 'paused', 'restarting']);

/** `loop3` for each disk of the run. */
async function loopDevicesOf(runId: string): Promise<readonly string[]> {
  const { Volumes } = await engine.listVolumes({ filters: { label: [`${LABEL.run}=${runId}`] } });
  return Volumes.flatMap(({ Options }) => (Options as { device?: string } | null)?.device ?? []).map((device) =>
    device.replace('/dev/', ''),
  );
}

async function expectDeadWithin(runId: string, timeoutMs: number): Promise<void> {
  const dead = await until(async () => ((await alive(runId)).length === 0 ? true : undefined), {
    timeoutMs,
    everyMs: 100,
  });
  const left = (await alive(runId)).map(({ Names, State }) => `${Names[0]} ${State}`);
  expect({ dead, left }).toEqual({ dead: true, left: [] });
}

describe('after kill -9 of the harness', () => {
  it('no container of the run is alive after 5 s, not even a frozen one or one on a stalled disk, and the rest is cleaned away', async () => {
    const runId = `victim-${process.pid}-a`;
    const victim = startVictim(runId);
    await once(victim.stdout!, 'data');
    // Two for each node, and the agent of the disks.
    expect(await alive(runId)).toHaveLength(7);
    const devices = await loopDevicesOf(runId);
    expect(devices).toHaveLength(3);
    victim.kill('SIGKILL');
    await expectDeadWithin(runId, 5_000);

    await clean();
    expect(await containersOf(runId, [])).toEqual([]);
    const filters = { label: [`${LABEL.run}=${runId}`] };
    expect(await engine.listNetworks({ filters })).toEqual([]);
    expect((await engine.listVolumes({ filters })).Volumes ?? []).toEqual([]);
    for (const device of devices) expect(existsSync(`/sys/block/${device}/loop/backing_file`)).toBe(false);
  });

  it('nothing of half-built pods is alive either', async () => {
    const runId = `victim-${process.pid}-b`;
    const victim = startVictim(runId);
    const first = await until(async () => ((await alive(runId)).length > 0 ? true : undefined), {
      timeoutMs: 60_000,
      everyMs: 20,
    });
    expect(first).toBe(true);
    victim.kill('SIGKILL');
    // What the engine was asked to do before the kill it may still be doing: the time counts from then.
    await expectDeadWithin(runId, 5_000);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await expectDeadWithin(runId, 0);
  });
});
