import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepareEngine } from '../engine/bootstrap.js';
import { createDisks } from '../engine/disks.js';
import { IMAGE } from '../engine/disk-files.js';
import type { Engine } from '../engine/engine.js';
import { removeRun } from '../engine/janitor.js';
import { LABEL, labelsOf, nameOf } from '../engine/labels.js';
import { formatOwner, self, startTicksOf } from '../engine/owner.js';
import { prepareSources } from '../engine/prepare.js';
import { lastingLeftovers, leftovers } from './leftovers.js';

const runId = `leftovers-${process.pid}`;
let engine: Engine;
let toolbox: string;

beforeAll(async () => {
  engine = await prepareEngine();
  toolbox = (await prepareSources(engine, [])).toolbox.reference;
});
afterAll(() => removeRun(engine, runId));

/** The kernel knows of a loop device what its file is called, and not whose it is. */
const ours = async () => (await leftovers(engine)).filter((line) => line.includes(runId) || line.startsWith('loop'));

it('are told, by kind and name, until they are gone', async () => {
  const dead = formatOwner({ ...self(), startTicks: 1 });
  const labels = { ...labelsOf(runId, 'helper'), [LABEL.owner]: dead };
  await engine.createContainer({ Image: toolbox, Labels: labels, name: nameOf(runId, 'left') });
  await engine.createNetwork({ Name: nameOf(runId), Labels: labels, Internal: true });
  const disks = await createDisks(engine, { runId, toolbox, nodes: ['n1'], sizeMiB: 512, generation: 0 });
  const device = disks.get('n1')!.device.replace('/dev/', '');
  expect(await ours()).toEqual([
    `container /${nameOf(runId, 'left')}`,
    `network ${nameOf(runId)}`,
    expect.stringMatching(/^volume .*(disk|data)$/),
    expect.stringMatching(/^volume .*(disk|data)$/),
    `loop device ${device} on /${IMAGE}`,
  ]);
  await removeRun(engine, runId);
  expect(await lastingLeftovers(engine)).toEqual([]);
});

it('are none where a harness lives that owns them', async () => {
  const parent = formatOwner({ ...self(), pid: 1, startTicks: startTicksOf(1)! });
  const labels = { ...labelsOf(runId, 'helper'), [LABEL.owner]: parent };
  await engine.createVolume({ Name: nameOf(runId, 'used'), Labels: labels });
  expect(await ours()).toEqual([]);
  await removeRun(engine, runId);
});
