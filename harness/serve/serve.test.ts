import { appendFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nightly, store } from '../../reports/testing/nights.js';
import { planOf } from '../../reports/testing/runs.js';
import { LiveTally } from './live.js';
import { serve, type Serving } from './server.js';

/** As of a run whose harness failed. */
const RESULTS = {
  ...{ formatVersion: 1, runId: 'going', outcome: 'harness-error' },
  sentence: 'The harness failed, and nothing was judged: the engine is gone',
  ...{ checks: [], faults: [], phases: [], counts: [], errors: [], notes: [], harnessError: 'the engine is gone' },
};

let root = '';
let serving: Serving;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'faultline-serve-'));
  await store(join(root, 'runs'), nightly({ seed: 1, nights: 9, badNights: [4] }));
  await mkdir(join(root, 'runs', 'going'));
  await writeFile(join(root, 'runs', 'going', 'plan.json'), JSON.stringify(planOf({ runId: 'going' })));
  await writeFile(join(root, 'runs', 'going', 'history.jsonl'), '');
  await writeFile(join(root, 'secret.txt'), 'not for you');
  await symlink(join(root, 'secret.txt'), join(root, 'runs', 'link.txt'));
  serving = await serve(join(root, 'runs'), 0);
});
afterAll(async () => {
  await serving[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const get = (path: string) => fetch(new URL(path, serving.url), { redirect: 'manual' });
/** As a client that does not tidy up addresses, with whatever host it says. */
const raw = (path: string, host: string) =>
  new Promise<number>((resolve, reject) => {
    const { port } = new URL(serving.url);
    request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
      .on('error', reject)
      .end();
  });

describe('the server', () => {
  it('lists every run and serves its report', async () => {
    const page = await (await get('/')).text();
    expect(page.match(/<tr data-outcome=/g)).toHaveLength(10);
    expect(page).toContain('href="/live/going"');
    const report = await get('/files/2026-03-01-etcd-linearizable/report.html');
    expect(report.status).toBe(200);
    expect(report.headers.get('content-type')).toContain('text/html');
    expect(report.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('makes trends and matrix when asked', async () => {
    const trend = await (await get('/files/trend/index.html')).text();
    expect(trend).toContain('href="../2026-03-05-etcd-linearizable/report.html"');
    const [, one] = /href="([0-9a-f]{10}\.html)"/.exec(trend)!;
    expect((await get(`/files/trend/${one}`)).status).toBe(200);
    expect(await (await get('/files/matrix/matrix.html')).text()).toContain('1 of 9');
  });

  it('serves nothing outside of the archive, and nobody else’s page', async () => {
    for (const path of [
      '/files/../secret.txt',
      '/files/%2e%2e/secret.txt',
      '/files/..%2fsecret.txt',
      '/files/link.txt',
      '/files/a%00b',
      '/files//etc/passwd',
      '/nothing',
      '/%zz',
      '/files/trend/x.html',
      '/live/nothing',
    ]) {
      expect([path, await raw(path, '127.0.0.1')]).toEqual([path, 404]);
    }
    expect(await raw('/', 'evil.example')).toBe(404);
    expect(await raw('/', 'localhost:8321')).toBe(200);
    expect((await fetch(serving.url, { method: 'POST' })).status).toBe(404);
  });

  it('shows a run as it goes, and ends when it is judged', async () => {
    expect(await (await get('/live/going')).text()).toContain('data-events="/events/going"');
    const events = await get('/events/going');
    const reader = events.body!.getReader();
    const directory = join(root, 'runs', 'going');
    const lines = [
      { index: 0, time: 1e9, process: 0, type: 'invoke', f: 'read', value: null },
      { index: 1, time: 2e9, process: 0, type: 'ok', f: 'read', value: 1 },
    ];
    await appendFile(join(directory, 'history.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    let text = '';
    const until = async (wanted: string) => {
      while (!text.includes(wanted)) {
        const { value, done } = await reader.read();
        if (done) break;
        text += new TextDecoder().decode(value);
      }
    };
    await until('"ok":"1"');
    expect(text).toContain('"found":"nothing"');
    const found = { anomalies: 2, sentences: ['register: stale <read>', 'bank: lost'] };
    await writeFile(join(directory, 'live.json'), JSON.stringify(found));
    await until('stale <read>\\nbank: lost"');
    expect(text).toContain('"anomalies":"2"');
    // Judged, and its report is still being written: nobody is sent to what is not there yet.
    await writeFile(join(directory, 'results.json'), JSON.stringify(RESULTS));
    // However slow this machine is, they are fresh.
    const fresh = new Date(Date.now() + 3_600_000);
    await utimes(join(directory, 'results.json'), fresh, fresh);
    expect(await (await get('/live/going')).text()).toContain('data-events="/events/going"');
    const before = text.length;
    for (let chunk = 0; chunk < 3; chunk++) text += new TextDecoder().decode((await reader.read()).value);
    expect(text.slice(before)).toContain('data: ');
    expect(text.slice(before)).not.toContain('event: ended');
    await writeFile(join(directory, 'report.html'), '<title>report</title>');
    await until('event: ended');
    expect(text).toContain('event: ended');
    const report = await fetch(new URL('/live/going', serving.url));
    expect([report.status, new URL(report.url).pathname]).toEqual([200, '/files/going/report.html']);
  });

  it('makes the report of a run whose harness was killed before it wrote one', async () => {
    const directory = join(root, 'runs', 'killed');
    await mkdir(directory);
    await writeFile(join(directory, 'plan.json'), JSON.stringify(planOf({ runId: 'killed' })));
    await writeFile(join(directory, 'results.json'), JSON.stringify({ ...RESULTS, runId: 'killed' }));
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(directory, 'results.json'), longAgo, longAgo);
    const report = await get('/live/killed');
    expect(report.status).toBe(200);
    expect(await report.text()).toContain('The harness failed, and nothing was judged: the engine is gone');
    await rm(directory, { recursive: true });
  });

  it('says that a port is taken', async () => {
    await expect(serve(root, Number(new URL(serving.url).port))).rejects.toThrow(/--port \d+: is taken/);
  });
});

describe('the figures of a run in progress', () => {
  it('are of the last minute, whatever the run’s length', () => {
    const tally = new LiveTally();
    tally.add([{ index: 0, time: 0, process: 'nemesis', type: 'info', f: 'phase', value: 'faults' }]);
    for (let second = 0; second < 300; second++) {
      tally.add([{ index: 1, time: second * 1e9, process: 0, type: 'ok', f: 'read', value: null }]);
    }
    const request = { id: 1, description: 'n1 killed' };
    tally.add([{ index: 2, time: 300e9, process: 'nemesis', type: 'ok', f: 'kill', value: request }]);
    expect(tally.figures()).toMatchObject({
      phase: 'faults',
      ok: '300',
      rate: '1',
      fault: 'n1 killed',
      elapsed: '300 s',
    });
    expect(tally.figures().points.split(' ')).toHaveLength(60);
    tally.add([{ index: 3, time: 301e9, process: 'nemesis', type: 'ok', f: 'heal', value: { id: 1 } }]);
    expect(tally.figures().fault).toBe('none');
  });
});
