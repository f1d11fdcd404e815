import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clipLog, LOG_WINDOW, readLogs, timeOf } from './logs.js';

const MOMENT = Date.parse('2026-11-20T10:15:10Z');

it('reads the times databases write', () => {
  expect(timeOf('2026-11-20 10:15:10.000 I | raft: became leader')).toBe(MOMENT);
  expect(timeOf('{"level":"warn","ts":"2026-11-20T10:15:10.000Z","msg":"slow"}')).toBe(MOMENT);
  expect(timeOf('2026-11-20 11:15:10,000 +0100 LOG: x')).toBe(MOMENT);
  expect(timeOf('no time here')).toBeUndefined();
});

it('takes the lines around a moment, and lines without a time with the one before', () => {
  const text = ['10:15:01 early', '10:15:08 near', '  stack', '10:15:12 near', '10:15:30 late', '  stack']
    .map((line) => (line.startsWith('1') ? `2026-11-20 ${line}` : line))
    .join('\n');
  const log = clipLog('n1', 'etcd.log', text, { ...LOG_WINDOW, aroundMs: MOMENT });
  expect(log.text).toBe('2026-11-20 10:15:08 near\n  stack\n2026-11-20 10:15:12 near');
  expect(log.excerpt).toBe('around the first anomaly');
});

it('takes the end where no line has a time', () => {
  const text = Array.from({ length: 500 }, (_, i) => `line ${i}`).join('\n');
  const log = clipLog('n1', 'etcd.log', text, { ...LOG_WINDOW, aroundMs: MOMENT });
  expect(log.text.split('\n')).toHaveLength(200);
  expect(log.text).toContain('line 499');
  expect(log.excerpt).toBe('the last 200 of 500 lines');
});

it('reads the logs of every node, and none where there is no directory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'faultline-logs-'));
  try {
    await mkdir(join(directory, 'n2'));
    await mkdir(join(directory, 'n1'));
    await writeFile(join(directory, 'n2', 'etcd.log'), 'two\n');
    await writeFile(join(directory, 'n1', 'etcd.log'), 'one\n');
    await writeFile(join(directory, 'n1', 'empty.log'), '');
    const logs = await readLogs(directory);
    expect(logs.map(({ node, file, text }) => [node, file, text])).toEqual([
      ['n1', 'n1/etcd.log', 'one'],
      ['n2', 'n2/etcd.log', 'two'],
    ]);
    expect(await readLogs(join(directory, 'nothing'))).toEqual([]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
