import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from './bootstrap.js';
import type { Engine } from './engine.js';
import { clean, removeRun } from './janitor.js';
import { LABEL, labelsOf, nameOf } from './labels.js';
import { createNetwork } from './networks.js';
import { formatOwner, self } from './owner.js';
import { prepareSources } from './prepare.js';

const runId = `janitor-${process.pid}`;
let engine: Engine;
let toolbox: string;

beforeAll(async () => {
  engine = await prepareEngine();
  toolbox = (await prepareSources(engine, [])).toolbox.reference;
});
afterAll(() => removeRun(engine, runId));

/** A process that ended: the same pid with another start time. */
const deadOwner = formatOwner({ ...self(), startTicks: 1 });

async function leaveBehind(id: string, owner: string): Promise<void> {
  const labels = { ...labelsOf(id, 'helper'), [LABEL.owner]: owner };
  const container = await engine.createContainer({
    Image: toolbox,
    Entrypoint: ['sleep', '60'],
    Labels: labels,
    name: nameOf(id, 'left'),
    HostConfig: { NetworkMode: 'none' },
  });
  await container.start();
  await engine.createVolume({ Name: nameOf(id, 'left'), Labels: labels });
}

const removedOf = async (scope: Parameters<typeof clean>[0]) => {
  const { runs, containers, networks, volumes, alive } = await clean(scope, engine);
  const ours = (names: readonly string[]) => names.filter((name) => name.includes('janitor-'));
  return [runs, containers, networks, volumes, alive].map(ours);
};

describe('the janitor', () => {
  it('removes what dead runs left and says what, and leaves living runs alone', async () => {
    const dead = `${runId}-dead`;
    await leaveBehind(dead, deadOwner);
    const network = await createNetwork(engine, runId);
    const [runs, containers, , volumes, alive] = await removedOf('all');
    expect(runs).toEqual([dead]);
    expect(containers).toEqual([`faultline-${dead}-left`]);
    expect(volumes).toEqual([`faultline-${dead}-left`]);
    expect(alive).toEqual([runId]);
    expect((await engine.getNetwork(network.id).inspect()).Internal).toBe(true);
  });

  it('removes one run by id, also a living one of its own process', async () => {
    await leaveBehind(`${runId}-dead`, deadOwner);
    expect((await removedOf({ runId }))[2]).toEqual([`faultline-${runId}`]);
    expect((await removedOf({ runId: `${runId}-dead` }))[0]).toEqual([`${runId}-dead`]);
    expect(await removedOf('all')).toEqual([[], [], [], [], []]);
  });

  it('leaves a run of another pid namespace alone while something of it runs', async () => {
    const foreign = `${runId}-foreign`;
    await leaveBehind(foreign, formatOwner({ ...self(), pidNamespace: '1' }));
    expect((await removedOf('all'))[4]).toEqual([foreign]);
    await removeRun(engine, foreign);
    expect(await removedOf('all')).toEqual([[], [], [], [], []]);
  });
});

describe('networks of parallel runs', () => {
  it('get subnets of their own', async () => {
    const made = await Promise.all([0, 1, 2].map((i) => createNetwork(engine, `${runId}-${i}`)));
    expect(new Set(made.map(({ subnet }) => subnet)).size).toBe(3);
    await Promise.all([0, 1, 2].map((i) => removeRun(engine, `${runId}-${i}`)));
  });
});
