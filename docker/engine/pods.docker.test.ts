import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { etcd } from '../etcd/system.js';
import { until } from '../wait.js';
import { ensureBase } from './base.js';
import { prepareEngine } from './bootstrap.js';
import { statusOf, type Container, type Engine } from './engine.js';
import { exec, execOk } from './exec.js';
import { ensureImage } from './images.js';
import { removeRun } from './janitor.js';
import { createNetwork } from './networks.js';
import { createPod, type Pod, type PodSpec } from './pods.js';
import { prepareImages } from './prepare.js';
import { silent } from './progress.js';
import { podAddress } from './subnets.js';

const runId = `pods-${process.pid}`;
let engine: Engine;
let spec: PodSpec;
let pod: Pod;
/** A toolbox whose sandbox says something and ends. */
let brokenSandbox: string;
let folder: string;

beforeAll(async () => {
  engine = await prepareEngine();
  const prepared = await prepareImages(etcd, {}, undefined, engine);
  const network = await createNetwork(engine, runId);
  spec = {
    runId,
    node: 'n1',
    address: podAddress(network.subnet, 0),
    network,
    toolbox: prepared!.toolbox.reference,
    image: prepared!.images[0]!.reference,
    command: ['--data-dir=/data/etcd'],
    env: { FAULTLINE_TEST: 'x' },
    dataPath: '/data',
  };
  pod = await createPod(engine, spec);
  folder = await mkdtemp(join(tmpdir(), 'broken-sandbox-'));
  await writeFile(join(folder, 'Dockerfile'), 'ARG BASE\nFROM ${BASE}\nENTRYPOINT ["echo", "no rules for you"]\n');
  const base = await ensureBase(engine, silent);
  brokenSandbox = (await ensureImage(engine, base, { name: 'broken-sandbox', folder, args: {} }, silent)).reference;
});
afterAll(async () => {
  await removeRun(engine, runId);
  await engine.getImage(brokenSandbox).remove();
  await rm(folder, { recursive: true });
});

const isRunning = async (container: Container) => {
  try {
    return (await container.inspect()).State.Running;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
};

describe('a pod', () => {
  it('shows the database’s processes and its address in the sandbox', async () => {
    expect(await execOk(pod.sandbox, ['pgrep', '-x', 'etcd'], 5_000)).toMatch(/^\d+\n$/);
    expect(await execOk(pod.sandbox, ['ip', '-4', '-o', 'addr'], 5_000)).toContain(spec.address);
    expect(await execOk(pod.sandbox, ['iptables', '-S'], 5_000)).toContain('-A INPUT -j FAULTLINE-IN');
  });

  it('keeps address, rules and data when the database dies and starts again', async () => {
    await execOk(pod.sandbox, ['iptables', '-A', 'FAULTLINE-IN', '-s', '192.0.2.1', '-j', 'DROP'], 5_000);
    await execOk(pod.sandbox, ['pkill', '-KILL', 'etcd'], 5_000);
    await until(async () => ((await isRunning(pod.database)) ? undefined : true), { timeoutMs: 5_000, everyMs: 20 });
    await pod.database.start();
    expect(await execOk(pod.sandbox, ['iptables', '-S'], 5_000)).toContain('192.0.2.1');
    expect(await execOk(pod.sandbox, ['pgrep', '-x', 'etcd'], 5_000)).toMatch(/^\d+\n$/);
  });

  it('that cannot be made says why', async () => {
    const elsewhere = createPod(engine, { ...spec, node: 'n2', address: '203.0.113.9' });
    await expect(elsewhere).rejects.toThrow(/address/i);
    const address = podAddress(spec.network.subnet, 2);
    await expect(createPod(engine, { ...spec, node: 'n3', address, toolbox: brokenSandbox })).rejects.toThrow(
      /the sandbox ended: no rules for you/,
    );
  });

  it('ends within moments of being let go, by its lifeline alone', async () => {
    pod.release();
    const gone = await until(
      async () => ((await isRunning(pod.sandbox)) || (await isRunning(pod.database)) ? undefined : true),
      { timeoutMs: 5_000, everyMs: 50 },
    );
    expect(gone).toBe(true);
  });
});

describe('commands in a container', () => {
  let running: Pod;
  beforeAll(async () => {
    running = await createPod(engine, { ...spec, node: 'n4', address: podAddress(spec.network.subnet, 3) });
  });

  it('answer exit code and both outputs', async () => {
    const result = await exec(running.sandbox, ['sh', '-c', 'echo out; echo err >&2; exit 3'], 5_000);
    expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    await expect(execOk(running.sandbox, ['sh', '-c', 'echo err >&2; exit 3'], 5_000)).rejects.toThrow(
      'ended with 3: err',
    );
  });

  it('that do not exist or do not end are errors', async () => {
    await expect(exec(running.sandbox, ['no-such-program'], 5_000)).rejects.toThrow('could not be run');
    await expect(exec(running.sandbox, ['sleep', '30'], 300)).rejects.toThrow('killed after 300 ms');
    expect((await exec(running.sandbox, ['pgrep', '-x', 'sleep'], 5_000)).exitCode).toBe(1);
  });
});
