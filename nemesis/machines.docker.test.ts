import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from '../docker/engine/bootstrap.js';
import type { Engine } from '../docker/engine/engine.js';
import { LABEL } from '../docker/engine/labels.js';
import { etcd } from '../docker/etcd/system.js';
import { CLIENTS, type Cluster, type KvSession, type SessionError } from '../docker/system.js';
import { corruption } from './corruption.js';
import { diskErrors, diskFull, diskStall } from './disk.js';
import { kill } from './kill.js';
import { membership } from './membership.js';
import { DEFAULT_LIMITS, type ActiveFault, type HealedFault, type Nemesis, type NemesisContext } from './nemesis.js';
import { partition } from './partition.js';
import { powerLoss } from './power-loss.js';
import { replace } from './replace.js';
import { reschedule } from './reschedule.js';
import { request } from './testing/faults.js';
import { delay, duplicate, loss, reorder, slow } from './traffic.js';

const runId = `machines-${process.pid}`;
const READY_MS = 60_000;
/** For faults that cannot heal, because they never were. */
const HASTY = { ...DEFAULT_LIMITS, effectMs: 500, slowMs: 5_000, healMs: 500 };
let engine: Engine;
let cluster: Cluster;
let whole = true;
async function dispose(): Promise<void> {
  whole = false;
  await cluster[Symbol.asyncDispose]();
}

beforeAll(async () => {
  engine = await prepareEngine();
  const options = etcd.options.parse({}) as Readonly<Record<string, unknown>>;
  cluster = await etcd.launch({ runId, nodes: 3, options, needs: ['power', 'disks'], progress: () => undefined });
  await cluster.ready(READY_MS);
});
afterAll(dispose);
/** Whatever a test did, the next one starts from a whole cluster. */
afterEach(async () => {
  if (whole) await cluster.ready(READY_MS);
});

const names = () => cluster.nodes.map(({ name }) => name);
const inject = (
  nemesis: Nemesis,
  target: string,
  more: Partial<ReturnType<typeof request>> = {},
  context: Partial<NemesisContext> = {},
) => nemesis.inject({ ...request(nemesis.name, target, names()), ...more }, { cluster, ...context });

async function afterWindow(fault: ActiveFault): Promise<HealedFault> {
  await sleep(300);
  return fault.heal();
}

/** What failed, readable in the test's output. */
const failures = ({ evidence, healing }: HealedFault) => [...evidence, ...healing].filter(({ bit }) => !bit);

async function withSession<T>(node: string, use: (session: KvSession) => Promise<T>): Promise<T> {
  const session = await cluster.open('kv', node, { process: 0, timeoutMs: 5_000 });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

describe('on a real cluster', () => {
  it.each<[Nemesis, string]>([
    [powerLoss, 'one'],
    [powerLoss, 'all'],
    [diskStall, 'leader'],
    [diskFull, 'one'],
    [diskErrors, 'one'],
    [corruption, 'truncate-one'],
    [corruption, 'bit-flip-one'],
    [reschedule, 'leader'],
    [replace, 'one'],
    [membership, 'grow'],
    [membership, 'shrink'],
    [loss, 'one'],
    [slow, 'halves'],
  ])('$name $1 bites and heals, and keeps what was acknowledged', async (nemesis, target) => {
    const written = `${nemesis.name} ${target}`;
    await withSession('n2', (session) => session.put('kept', written));
    const healed = await afterWindow(await inject(nemesis, target));
    expect(failures(healed)).toEqual([]);
    expect(healed).toMatchObject({ effective: true, healed: true });
    await cluster.ready(READY_MS);
    for (const node of names()) {
      expect((await withSession(node, (session) => session.get('kept')))?.value).toBe(written);
    }
  });

  it.each([
    [delay, 'delay'],
    [reorder, 'reorder'],
    [duplicate, 'duplicate'],
  ] as const)('$0.name bites and heals, or is said to be impossible on this kernel', async (nemesis, kind) => {
    const missing = await cluster.abilities.traffic!.unavailable(kind);
    if (missing === undefined) {
      const healed = await afterWindow(await inject(nemesis, 'one'));
      expect(failures(healed)).toEqual([]);
      expect(healed).toMatchObject({ effective: true, healed: true });
      return;
    }
    expect(missing).toMatch(/^not available on this kernel \(/);
    await expect(inject(nemesis, 'one')).rejects.toThrow(missing);
  });

  it('chosen processes die, and none by a name that nobody has', async () => {
    const named = await inject(kill, 'one', { options: { process: 'etcd' } });
    expect(failures(await afterWindow(named))).toEqual([]);
    const unknown = await inject(kill, 'one', { options: { process: 'etcdctl' } }, { limits: HASTY });
    expect((await unknown.heal()).effective).toBe(false);
  });
});

describe('a pod made again elsewhere', () => {
  it('breaks sessions to the old address; new ones reach the new address', async () => {
    const old = await cluster.open('kv', 'n3', { process: 0, timeoutMs: 2_000 });
    await old.put('moved', '1');
    const before = cluster.nodes.find(({ name }) => name === 'n3')!.address;
    const fault = await inject(reschedule, 'one', { order: ['n3', 'n1', 'n2'] });
    const failure = await old.put('moved', '2').catch((error: SessionError) => error);
    expect(failure).toMatchObject({ name: 'SessionError' });
    await old.close();
    await fault.heal();
    await cluster.ready(READY_MS);
    expect(cluster.nodes.find(({ name }) => name === 'n3')!.address).not.toBe(before);
    await withSession('n3', (session) => session.put('moved', '3'));
  });

  it('stays cut off while a partition is in place', async () => {
    const cut = await inject(partition, 'isolate-one', { order: ['n1', 'n2', 'n3'] });
    const moved = await inject(reschedule, 'one', { id: 2, order: ['n1', 'n2', 'n3'] });
    const links = [
      { from: 'n2', to: 'n1' },
      { from: CLIENTS, to: 'n1' },
    ];
    const probed = await cluster.abilities.network!.probe(links);
    expect(probed.map(({ reachable }) => reachable)).toEqual([false, true]);
    expect((await cut.heal()).healed).toBe(true);
    expect(await moved.heal()).toMatchObject({ effective: true, healed: true });
    expect(await cluster.abilities.network!.dropped()).toEqual([]);
  });
});

describe('a sabotaged fault', () => {
  const sabotaged = (abilities: Partial<Cluster['abilities']>): Cluster =>
    Object.assign(Object.create(cluster) as Cluster, { abilities: { ...cluster.abilities, ...abilities } });

  it('is ineffective: a power cut that spares the disk', async () => {
    const processes = cluster.abilities.processes!;
    const cutting = async (nodes: readonly string[]) => {
      for (const node of nodes) await processes.signal(node, 'KILL');
    };
    const spared = sabotaged({ power: { ...cluster.abilities.power!, cut: cutting } });
    const healed = await afterWindow(await inject(powerLoss, 'one', {}, { cluster: spared, limits: HASTY }));
    expect(healed.effective).toBe(false);
    await processes.start('n1');
  });

  it('is ineffective: loss on the wrong line', async () => {
    const traffic = cluster.abilities.traffic!;
    const aside = sabotaged({
      traffic: { ...traffic, impair: (_, impairment) => traffic.impair([{ from: 'n1', to: 'n2' }], impairment) },
    });
    const healed = await afterWindow(await inject(loss, 'one', { order: ['n3', 'n1', 'n2'] }, { cluster: aside }));
    expect(healed).toMatchObject({ effective: false, healed: true });
  });
});

describe('log lines', () => {
  it('are told as they are written, also by a database that was started again', async () => {
    const seen: string[] = [];
    const stop = await cluster.abilities.logs!.follow((node, line) => seen.push(`${node} ${line}`));
    const healed = await afterWindow(await inject(kill, 'one', { order: ['n2', 'n1', 'n3'] }));
    expect(healed.healed).toBe(true);
    await expect
      .poll(() => seen.some((line) => /^n2 .*restarting local member/.test(line)), { timeout: 15_000 })
      .toBe(true);
    stop();
  });
});

it('nothing is left of the run: containers, networks, volumes, loop devices, mounts', async () => {
  const filters = { label: [`${LABEL.run}=${runId}`] };
  const { Volumes } = await engine.listVolumes({ filters });
  const devices = Volumes.flatMap(({ Options }) => (Options as { device?: string } | null)?.device ?? []);
  expect(devices.length).toBeGreaterThanOrEqual(3);
  await dispose();
  expect(await engine.listContainers({ all: true, filters })).toEqual([]);
  expect(await engine.listNetworks({ filters })).toEqual([]);
  expect((await engine.listVolumes({ filters })).Volumes ?? []).toEqual([]);
  const mounts = readFileSync('/proc/mounts', 'utf8');
  for (const device of devices) {
    expect(mounts).not.toContain(`${device} `);
    expect(existsSync(`/sys/block/${device.replace('/dev/', '')}/loop/backing_file`)).toBe(false);
  }
});
