import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../harness/history/formats/read.js';
import { UNLIMITED } from '../checker.js';
import { listAppend, rwRegister } from './cycles.js';

const folder = fileURLToPath(new URL('../corpus', import.meta.url));
const NAME = /^(la|rw)-(.+)-(good|bad)\.jsonl$/;

/** `la-G2-item-bad.jsonl`: list-append that shows a G2-item; `-good`: the same transactions, properly executed. */
describe('recorded transactions', () => {
  const files = readdirSync(folder).filter((file) => NAME.test(file));

  it('are there, good and bad, for both families', () => {
    expect(files.length).toBeGreaterThanOrEqual(80);
  });

  it.each(files)('%s', async (file) => {
    const [, family, kind, quality] = NAME.exec(file)!;
    const { history } = await readHistory(`${folder}/${file}`);
    const consistency = kind.endsWith('-process') ? 'strong-session-serializable' : 'strict-serializable';
    const context = { budget: UNLIMITED, consistency, options: { writesFollowReads: true, initialState: 'empty' } };
    const verdict = await (family === 'la' ? listAppend : rwRegister).check(history, context);
    if (quality === 'good') {
      expect(verdict.anomalies).toEqual([]);
      expect(verdict.validity).not.toBe('invalid');
    } else {
      expect(verdict.validity).toBe('invalid');
      expect(verdict.details['prohibited']).toContain(kind);
    }
  });
});
