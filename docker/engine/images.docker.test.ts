import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBase, type BaseImage } from './base.js';
import { prepareEngine } from './bootstrap.js';
import { examine } from './doctor.js';
import type { Engine } from './engine.js';
import { ensureImage } from './images.js';
import { prepareSources } from './prepare.js';
import { silent, type TaskEvent } from './progress.js';

let engine: Engine;
let base: BaseImage;
let folder: string;

beforeAll(async () => {
  engine = await prepareEngine();
  base = await ensureBase(engine, silent);
  await prepareSources(engine, []);
  folder = await mkdtemp(join(tmpdir(), 'image-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await engine
    .getImage(reference)
    .remove()
    .catch(() => undefined);
});

let reference = '';
const source = () => ({ name: 'image-test', folder, args: { GREETING: 'hello' } });

describe('images', () => {
  it('are built once per content, with progress', async () => {
    await writeFile(join(folder, 'Dockerfile'), 'ARG BASE\nFROM ${BASE}\nARG GREETING\nENV SAID=$GREETING\n');
    const events: TaskEvent[] = [];
    const first = await ensureImage(engine, base, source(), (event) => events.push(event));
    reference = first.reference;
    expect(events[0]).toMatchObject({ task: 'image image-test', state: 'started' });
    expect(events.some(({ state, line }) => state === 'output' && line.includes('ENV SAID'))).toBe(true);
    expect(events.at(-1)).toMatchObject({ state: 'done' });
    expect((await engine.getImage(reference).inspect()).Config.Env).toContain('SAID=hello');

    events.length = 0;
    expect(await ensureImage(engine, base, source(), (event) => events.push(event))).toEqual(first);
    expect(events).toEqual([{ task: 'image image-test', state: 'cached', line: reference }]);
  });

  it('that cannot be built say why, in one line', async () => {
    await writeFile(
      join(folder, 'Dockerfile'),
      'ARG BASE\nFROM ${BASE}\nRUN echo the disk is made of cheese && exit 7\n',
    );
    const failure = await ensureImage(engine, base, source(), silent).then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(failure).toMatch(/^Building image image-test failed: .*made of cheese.*returned a non-zero code: 7/);
    expect(failure).not.toContain('\n');
  });
});

describe('the doctor', () => {
  it('examines engine, images and kernel', async () => {
    const findings = new Map((await examine()).map((finding) => [finding.name, finding]));
    for (const name of ['Docker Engine', 'base image', 'image toolbox', 'iptables', 'cores', 'memory']) {
      expect(findings.get(name), name).toMatchObject({ status: 'ok' });
    }
    for (const name of ['tc netem', 'loop devices', 'xfs', 'statistic match', 'tc tbf']) {
      expect(findings.get(name)?.status, name).toMatch(/^(ok|unavailable)$/);
    }
  });
});
