import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { etcd } from '../docker/etcd/system.js';
import type { Abilities, Cluster, Link } from '../docker/system.js';
import { GRUDGES } from './grudges.js';
import { kill } from './kill.js';
import type { ActiveFault, HealedFault, Nemesis } from './nemesis.js';
import { partition } from './partition.js';
import { pause } from './pause.js';
import { TARGETS } from './targets.js';
import { request } from './testing/faults.js';

const NODES = 5;
let cluster: Cluster;

beforeAll(async () => {
  const options = etcd.options.parse({}) as Readonly<Record<string, unknown>>;
  cluster = await etcd.launch({ runId: `nemesis-${process.pid}`, nodes: NODES, options, progress: () => undefined });
  await cluster.ready(60_000);
});
afterAll(() => cluster[Symbol.asyncDispose]());
/** Whatever a test did, the next one starts from a whole cluster. */
afterEach(() => cluster.ready(60_000));

const names = () => cluster.nodes.map(({ name }) => name);
const otherThan = (node: string) => names().find((name) => name !== node)!;

/** The cluster with one ability that does something else than it is asked. */
function sabotaged(abilities: Partial<Abilities>): Cluster {
  return Object.assign(Object.create(cluster) as Cluster, { abilities: { ...cluster.abilities, ...abilities } });
}

async function injected(nemesis: Nemesis, target: string, on = cluster): Promise<ActiveFault> {
  return nemesis.inject(request(nemesis.name, target, names()), { cluster: on });
}

async function afterWindow(fault: ActiveFault, windowMs = 500): Promise<HealedFault> {
  await new Promise((resolve) => setTimeout(resolve, windowMs));
  return fault.heal();
}

/** What failed, readable in the test's output. */
const failures = ({ evidence, healing }: HealedFault) => [...evidence, ...healing].filter(({ bit }) => !bit);

/** Whether a node takes a write within a second, from where clients are. */
async function writes(node: string): Promise<boolean> {
  try {
    const session = await cluster.open('kv', node, { process: 0, timeoutMs: 1_000 });
    try {
      await session.put('nemesis', node);
      return true;
    } finally {
      await session.close();
    }
  } catch {
    return false;
  }
}

describe('partition on a real cluster', () => {
  it.each(Object.keys(GRUDGES))('%s bites and heals', async (target) => {
    const healed = await afterWindow(await injected(partition, target));
    expect(failures(healed)).toEqual([]);
    expect(healed).toMatchObject({ effective: true, healed: true });
    expect(await cluster.abilities.network!.dropped()).toEqual([]);
  });

  it('keeps the isolated leader from writing, and nobody else', async () => {
    const fault = await injected(partition, 'isolate-leader');
    const [leader] = fault.leadersBefore;
    expect(fault.nodes).toEqual([leader]);
    await expect.poll(() => cluster.primaries(), { timeout: 15_000 }).not.toEqual([leader]);
    expect(await writes(leader)).toBe(false);
    await expect.poll(() => writes(otherThan(leader)), { timeout: 15_000 }).toBe(true);
    const healed = await fault.heal();
    expect(failures(healed)).toEqual([]);
    expect(healed.leadersAfter).not.toContain(leader);
  });

  it('keeps clients from a node that its peers still reach', async () => {
    const fault = await injected(partition, 'clients-node');
    const [node] = fault.nodes;
    expect(await writes(node)).toBe(false);
    expect(await writes(otherThan(node))).toBe(true);
    const peers: Link[] = [{ from: otherThan(node), to: node }];
    expect(await cluster.abilities.network!.probe(peers)).toMatchObject([{ reachable: true }]);
    await fault.heal();
    expect(await writes(node)).toBe(true);
  });

  it('is ineffective when the rules name a wrong address', async () => {
    const network = cluster.abilities.network!;
    const cut = (links: readonly Link[]) => network.cut(links.map(({ to }) => ({ from: otherThan(to), to })));
    const aside = sabotaged({ network: { ...network, cut } });
    const healed = await afterWindow(await injected(partition, 'isolate-one', aside));
    expect(healed).toMatchObject({ effective: false, healed: true });
  });

  it('is ineffective when nothing is cut', async () => {
    const cut = async () => undefined;
    const untouched = sabotaged({ network: { ...cluster.abilities.network!, cut } });
    const healed = await afterWindow(await injected(partition, 'random-halves', untouched));
    expect(healed).toMatchObject({ effective: false, healed: true });
    expect(healed.evidence.filter(({ bit }) => bit)).toMatchObject([{ what: 'all other links' }]);
  });
});

describe('kill on a real cluster', () => {
  it.each(Object.keys(TARGETS))('%s bites and heals', async (target) => {
    const fault = await injected(kill, target);
    for (const node of fault.nodes) expect(await cluster.abilities.processes!.status(node)).toEqual([]);
    const healed = await afterWindow(fault);
    expect(failures(healed)).toEqual([]);
    expect(healed).toMatchObject({ effective: true, healed: true });
  });

  it('is ineffective when another node is hit', async () => {
    const processes = cluster.abilities.processes!;
    const aside = sabotaged({
      processes: { ...processes, signal: (node, signal) => processes.signal(otherThan(node), signal) },
    });
    const fault = await injected(kill, 'one', aside);
    const healed = await fault.heal();
    expect(healed).toMatchObject({ effective: false, healed: true });
    await processes.start(otherThan(fault.nodes[0]));
  });
});

describe('pause on a real cluster', () => {
  it.each(pause.targets)('%s bites and heals', async (target) => {
    const healed = await afterWindow(await injected(pause, target));
    expect(failures(healed)).toEqual([]);
    expect(healed).toMatchObject({ effective: true, healed: true });
  });

  it('keeps the old process: no pid changes', async () => {
    const { status } = cluster.abilities.processes!;
    const fault = await injected(pause, 'leader');
    const [node] = fault.nodes;
    const before = (await status(node)).map(({ pid, startTicks }) => ({ pid, startTicks }));
    await fault.heal();
    expect(await status(node)).toMatchObject(before);
  });

  it('is ineffective when something lets the process go on', async () => {
    const fault = await injected(pause, 'one');
    await cluster.abilities.processes!.signal(fault.nodes[0], 'CONT');
    expect(await fault.heal()).toMatchObject({ effective: false, healed: true });
  });

  it('is ineffective when something thaws the pod', async () => {
    const fault = await injected(pause, 'freeze-one');
    await cluster.abilities.freezer!.thaw(fault.nodes[0]);
    expect(await fault.heal()).toMatchObject({ effective: false, healed: true });
  });
});
