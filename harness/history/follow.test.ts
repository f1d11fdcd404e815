import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { followHistory, type FollowOptions } from './follow.js';
import type { Operation } from './operation.js';

const folder = mkdtempSync(join(tmpdir(), 'faultline-follow-'));
const path = join(folder, 'history.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => writeFileSync(path, ''));

const line = (process: number, type: string, more = '') =>
  `{"process":${process},"type":"${type}","f":"read","value":null${more}}\n`;

async function all(options: FollowOptions): Promise<Operation[]> {
  const events: Operation[] = [];
  for await (const batch of followHistory(path, options)) events.push(...batch);
  return events;
}

describe('followHistory', () => {
  it('answers what is there, waits for more, and ends at the signal', async () => {
    const control = new AbortController();
    writeFileSync(path, line(0, 'invoke', ',"key":"x"'));
    const seen: Operation[] = [];
    for await (const batch of followHistory(path, { signal: control.signal, pollMs: 1 })) {
      seen.push(...batch);
      if (seen.length === 1) appendFileSync(path, line(0, 'ok').slice(0, 20));
      if (seen.length === 1) appendFileSync(path, line(0, 'ok').slice(20));
      if (seen.length === 2) control.abort();
    }
    expect(seen.map(({ index, type, key }) => [index, type, key])).toEqual([
      [0, 'invoke', 'x'],
      [1, 'ok', 'x'],
    ]);
  });

  it('ends when nothing is written for a while, and reports a torn last line', async () => {
    const notes: string[] = [];
    writeFileSync(path, line(0, 'invoke') + '{"process');
    expect(await all({ idleMs: 5, pollMs: 1, onNote: (note) => notes.push(note) })).toHaveLength(1);
    expect(notes).toEqual(['the last line, 9 bytes without a line feed, is cut short and was left out']);
  });

  it('reads a last line that only lacks its line feed', async () => {
    writeFileSync(path, line(0, 'invoke') + line(0, 'ok').trimEnd());
    expect(await all({ idleMs: 0, pollMs: 1 })).toHaveLength(2);
  });

  it('reads lines longer than its buffer', async () => {
    const value = 'x'.repeat(1_000_000);
    writeFileSync(path, line(0, 'invoke').replace('null', JSON.stringify(value)));
    const [event] = await all({ idleMs: 0, pollMs: 1 });
    // Not toEqual: a failure would print it.
    expect(event?.value === value).toBe(true);
  });

  it.each([
    ['an orphan', line(1, 'ok', ',"index":1,"time":6'), /history.jsonl:2: process 1 completes/],
    [
      'an overlap',
      line(0, 'invoke', ',"index":1,"time":6'),
      /history.jsonl:2: process 0 invokes "read" while "read" is open/,
    ],
    ['no JSON', '{"process\n', /history.jsonl:2: not JSON/],
    ['index out of order', line(1, 'invoke', ',"index":0,"time":9'), /history.jsonl:2: index 0 after 0/],
    ['time going back', line(1, 'invoke', ',"index":1,"time":4'), /history.jsonl:2: time goes back from 5 to 4/],
    ['a missing index', line(1, 'invoke', ',"time":9'), /history.jsonl:2: index missing/],
  ])('refuses %s', async (_, second, message) => {
    writeFileSync(path, line(0, 'invoke', ',"index":0,"time":5') + second);
    await expect(all({ idleMs: 0 })).rejects.toThrow(message);
  });

  it('refuses a file that is not there', async () => {
    await expect(followHistory(join(folder, 'none')).next()).rejects.toThrow(/^cannot follow /);
  });
});
