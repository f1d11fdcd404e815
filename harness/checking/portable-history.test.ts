import { describe, expect, it } from 'vitest';
import { historyOf } from '../history/builder.js';
import { readHistory } from '../history/formats/read.js';
import type { History } from '../history/history.js';
import type { Json } from '../history/operation.js';
import { select } from '../history/select.js';
import { packHistory, unpackHistory } from './portable-history.js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Through the same algorithm as a message to another thread. */
const sent = (history: History) => unpackHistory(structuredClone(packHistory(history)));
const events = (history: History) => [...history.events()];
const VALUES: readonly Json[] = [null, 7, -1, 2 ** 40, 0.5, 'ä', true, [1, 2], [1, 2, 3], { a: [null] }, ''];

describe('a history on its way to another thread', () => {
  it('arrives with every kind of value, name and partner', () => {
    const history = historyOf(
      VALUES.flatMap((value, process) => [
        { process, type: 'invoke', f: 'write', value, key: `k${process}`, node: 'n1', workload: 'register' } as const,
        { process, type: 'info', f: 'write', value, error: 'timeout: late' } as const,
        { process: 'nemesis', type: 'info', f: 'kill', value: 'n1' } as const,
      ]),
    );
    expect(events(sent(history))).toEqual(events(history));
    expect([...sent(history).columns.pairs]).toEqual([...history.columns.pairs]);
  });

  it('arrives with transactions', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faultline-portable-'));
    try {
      const lines = Array.from({ length: 200 }, (_, i) => {
        const asked = [['r', i % 7, null], ['append', i % 5, i]]; // prettier-ignore
        const answered = [['r', i % 7, i % 3 === 0 ? [i, 1] : [1, i]], ['append', i % 5, i]]; // prettier-ignore
        return [
          { process: i, type: 'invoke', f: 'txn', value: asked },
          { process: i, type: 'ok', f: 'txn', value: answered },
        ];
      }).flat();
      const file = join(folder, 'history.jsonl');
      await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      const { history } = await readHistory(file);
      expect(events(sent(history))).toEqual(events(history));
      const some = select(history, (position) => history.columns.processes[position] % 3 === 1);
      expect(some.length).toBeGreaterThan(0);
      expect(events(sent(some))).toEqual(events(some));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('still knows its file and its processes by name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faultline-portable-'));
    try {
      const file = join(folder, 'history.edn');
      await writeFile(
        file,
        '; by hand\n{:process "a", :type :invoke, :f :read, :index 1}\n\n{:process "b", :type :invoke, :f :read, :index 0}\n',
      );
      const { history } = await readHistory(file);
      const arrived = sent(select(history, (position) => position === 1));
      expect([arrived.placeOf(0), arrived.processName(0)]).toEqual([`${file}:2`, 'a']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('copies its bytes once, for all selections of it', () => {
    const history = historyOf([{ process: 0, type: 'invoke', f: 'write', value: 'text' }]);
    const some = select(history, () => false);
    expect(packHistory(history)['slab']).toBe(packHistory(some)['slab']);
    expect(packHistory(history)).toBe(packHistory(history));
  });
});
