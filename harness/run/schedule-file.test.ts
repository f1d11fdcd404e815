import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UserError } from '../kit/errors.js';
import { Random } from '../kit/random.js';
import { fillIn, type Ground } from './asked-schedule.js';
import { readScheduleFile } from './schedule-file.js';

const ground: Ground = {
  nemeses: [
    { name: 'kill', targets: ['one', 'leader'] },
    { name: 'clock', targets: ['jump-one'], options: z.strictObject({ offsetMs: z.number().optional() }) },
  ],
  nodes: ['n1', 'n2', 'n3'],
  timeLimitMs: 60_000,
};

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), 'schedule-test-'))));
afterAll(() => rm(directory, { recursive: true }));

async function schedule(content: unknown, seed = 1) {
  const path = join(directory, 'faults.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  const asked = await readScheduleFile(path, ['kill', 'clock', 'pause']);
  return fillIn(asked, ground, Random.fromSeed(seed));
}

describe('a schedule file', () => {
  it('gives exact faults at exact times, in order of time', async () => {
    const faults = await schedule([
      { at: '12s', for: '500ms', fault: 'clock', options: { offsetMs: -5 }, nodes: ['n3'] },
      { at: 5, for: '3s', fault: 'kill', target: 'leader' },
    ]);
    expect(faults).toMatchObject([
      { atMs: 5_000, forMs: 3_000, request: { id: 1, kind: 'kill', target: 'leader' } },
      { atMs: 12_000, forMs: 500, request: { id: 2, kind: 'clock', target: 'jump-one', options: { offsetMs: -5 } } },
    ]);
    expect(faults[1].request.order[0]).toBe('n3');
    for (const { request } of faults) expect(request.order.toSorted()).toEqual(['n1', 'n2', 'n3']);
  });

  it.each<[unknown, unknown]>([
    ['leader-changed', { kind: 'leader-changed' }],
    ['first-info', { kind: 'first-info' }],
    [{ invocations: 9 }, { kind: 'invocations', count: 9 }],
    [
      { invocations: 9, f: 'write' },
      { kind: 'invocations', count: 9, f: 'write' },
    ],
    [{ 'log-line': 'elected' }, { kind: 'log-line', text: 'elected' }],
  ])('aims a fault when %j', async (when, trigger) => {
    expect((await schedule([{ for: '1s', fault: 'kill', when }]))[0]).toMatchObject({ atMs: 0, trigger });
  });

  it('is read from a plan, and means the same schedule again', async () => {
    const faults = await schedule([
      { at: '5s', for: '3s', fault: 'kill', when: 'first-info' },
      { at: '6s', for: '3s', fault: 'clock', options: { offsetMs: 1 } },
    ]);
    expect(await schedule(faults, 2)).toEqual(faults);
    expect(await schedule({ formatVersion: 1, schedule: faults }, 3)).toEqual(faults);
  });

  it('draws what is left open from the seed', async () => {
    const orders = async (seed: number) =>
      JSON.stringify(
        await schedule(
          Array.from({ length: 6 }, () => ({ for: '1s', fault: 'kill' })),
          seed,
        ),
      );
    expect(await orders(1)).toBe(await orders(1));
    expect(await orders(1)).not.toBe(await orders(2));
  });

  const fine = { at: '1s', for: '1s', fault: 'kill' };
  it.each<[string, unknown]>([
    ['faults.json:1: not JSON', '[{'],
    ['faults.json: expected an array of faults', { faults: [] }],
    ['faults.json[1]: expected a fault', [fine, 5]],
    ['faults.json[0].for: expected a duration such as "5s", not "long"', [{ ...fine, for: 'long' }]],
    ['faults.json[0].at: expected a duration', [{ ...fine, at: [] }]],
    ['faults.json[0].for: expected a duration', [{ at: '1s', fault: 'kill' }]],
    ['faults.json[0].fault: expected the name of a nemesis', [{ at: '1s', for: '1s' }]],
    ['faults.json[0].fault: unknown nemesis kil; did you mean kill?', [{ ...fine, fault: 'kil' }]],
    ['faults.json[0].fault: unknown nemesis', [{ ...fine, fault: 'meteor' }]],
    ['faults.json[0]: no nemesis pause in this test', [{ ...fine, fault: 'pause' }]],
    ['faults.json[0].target: kill has no target leeder here; did you mean leader?', [{ ...fine, target: 'leeder' }]],
    ['faults.json[0].nodes: no node n9', [{ ...fine, nodes: ['n9'] }]],
    ['faults.json[0].when: expected "leader-changed"', [{ ...fine, when: 'sometimes' }]],
    ['faults.json[0].options: kill has no option force; it has none', [{ ...fine, options: { force: true } }]],
    ['faults.json[0].options.offsetMs: ', [{ ...fine, fault: 'clock', options: { offsetMs: 'much' } }]],
    ['clock has no option offsetms; did you mean offsetMs?', [{ ...fine, fault: 'clock', options: { offsetms: 1 } }]],
    ['faults.json[0].at: begins at 61 s, when the faults are over (60 s)', [{ ...fine, at: '61s' }]],
    ['Unrecognized key: "duration"', [{ ...fine, duration: 5 }]],
    ['faults.json[0].atMs', [{ request: { kind: 'kill', target: 'one', order: [] }, atMs: -1, forMs: 1 }]],
  ])('is refused with %s', async (message, content) => {
    const reading = schedule(content);
    await expect(reading).rejects.toThrow(UserError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/^[^\n]*$/);
  });

  it('that is not there is one line too', async () => {
    await expect(readScheduleFile(join(directory, 'none.json'), [])).rejects.toThrow(/--schedule .*none\.json: ENOENT/);
  });
});
