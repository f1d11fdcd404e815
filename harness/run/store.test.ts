import { existsSync, mkdtempSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../kit/errors.js';
import type { Results } from './plan.js';
import { makePlan } from './plan-making.js';
import { createRun, newRunId, RunStore, saveJson } from './store.js';
import { planRequest } from './testing/world.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-store-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const plan = makePlan(planRequest);
const results: Results = {
  ...{ formatVersion: 1, runId: 'test', outcome: 'valid', sentence: 'It holds.' },
  ...{ checks: [], faults: [], phases: [], counts: [], errors: [], notes: [] },
};

describe('a run directory', () => {
  it('keeps plan and results', async () => {
    const store = await createRun(join(root, 'runs'), 'a');
    await store.savePlan(plan);
    await store.saveResults(results);
    expect(await store.loadPlan()).toEqual(plan);
    expect(await store.loadResults()).toEqual(results);
    expect(readdirSync(store.directory).sort()).toEqual(['plan.json', 'results.json']);
  });

  it('forces a file to the disk before it takes its name', async () => {
    const order: string[] = [];
    const noted = (what: string) => async () => void order.push(what);
    const file = { writeFile: noted('write'), sync: noted('sync'), close: noted('close') };
    await saveJson(join(root, 'plan.json'), plan, { open: async () => file, rename: noted('rename') });
    expect(order).toEqual(['write', 'sync', 'close', 'rename']);
  });

  it('is what latest points to, by turns', async () => {
    await createRun(root, 'a');
    expect(readlinkSync(join(root, 'latest'))).toBe('a');
    await createRun(root, 'b');
    expect(readlinkSync(join(root, 'latest'))).toBe('b');
    expect(readdirSync(root).sort()).toEqual(['a', 'b', 'latest']);
  });

  it('is made although latest is something else', async () => {
    mkdirSync(join(root, 'latest'));
    const store = await createRun(root, 'a');
    expect(existsSync(store.directory)).toBe(true);
    expect(readdirSync(root).sort()).toEqual(['a', 'latest']);
  });

  it('is named by time, system and chance', () => {
    const id = newRunId('etcd', new Date('2026-11-20T10:12:36.789Z'));
    expect(id).toMatch(/^20261120T101236-etcd-[0-9a-f]{6}$/);
    expect(newRunId('etcd', new Date())).not.toBe(newRunId('etcd', new Date()));
  });
});

describe('what cannot be used is told in one line', () => {
  const refusal = async (work: Promise<unknown>): Promise<UserError> => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).not.toContain('\n');
    return error as UserError;
  };

  it('a directory that is none', async () => {
    const { message, exitCode } = await refusal(new RunStore(root).loadPlan());
    expect(message).toContain(`${join(root, 'plan.json')} is missing: is this a run directory`);
    expect(exitCode).toBe(254);
    expect((await refusal(new RunStore(root).loadResults())).message).toContain('faultline check');
  });

  it.each([
    ['{"formatVersion": 1, "runId"', 'is damaged'],
    ['[]', 'expected object, received array'],
    ['null', 'expected object, received null'],
    ['{"formatVersion":1,"faultlineVersion":"1"}', '"runId" is missing'],
    [
      '{"formatVersion":99,"faultlineVersion":"9.1.0"}',
      'has format 99, this Faultline reads 1: use the Faultline that wrote it (9.1.0)',
    ],
  ])('a plan like %s', async (text, expected) => {
    writeFileSync(join(root, 'plan.json'), text);
    expect((await refusal(new RunStore(root).loadPlan())).message).toContain(expected);
  });

  it('a place that cannot be written', async () => {
    writeFileSync(join(root, 'file'), '');
    expect(await refusal(createRun(join(root, 'file'), 'a'))).toMatchObject({ exitCode: 255 });
    await createRun(root, 'a');
    await refusal(createRun(root, 'a'));
    await refusal(new RunStore(join(root, 'gone')).savePlan(plan));
  });
});
