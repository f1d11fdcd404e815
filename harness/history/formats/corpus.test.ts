import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_REALTIME } from './format.js';
import { readHistory } from './read.js';

const corpus = join(import.meta.dirname, '../../../../shared/histories');
const found = existsSync(corpus);
if (!found) console.warn('external corpus not found: ../shared/histories');

/** Folder or file, the format it must be recognised as, and how many events its files hold together. */
const EXPECTED: readonly (readonly [path: string, format: string, events: number])[] = [
  ['jepsen', 'jepsen-edn', 8978],
  ['linearizability/knossos-cas', 'jepsen-edn', 2052],
  ['linearizability/mutex-bad-etcd.edn', 'jepsen-edn', 1135],
  ['linearizability/porcupine-kv', 'porcupine-kv', 1676],
  ['linearizability/porcupine-etcd', 'porcupine-etcd', 4988],
  ['transactions/one-anomaly', 'jsonl', 22062],
  ['transactions/elle-cli/paper-example.json', 'json', 8],
  ['transactions/elle-cli/paper-example.edn', 'jepsen-edn', 8],
  ['transactions/elle-cli/rw-register.edn', 'jepsen-edn', 6],
  ['transactions/awdit', 'awdit', 56],
  ['transactions/mtc', 'mtc', 18],
];

function filesUnder(path: string): readonly string[] {
  const whole = join(corpus, path);
  if (/\.\w+$/.test(path)) return [whole];
  const entries = readdirSync(whole, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== 'VERDICTS.json')
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.skipIf(!found)('recorded histories of other tools', () => {
  it.each(EXPECTED)('%s is %s', async (path, format, events) => {
    let total = 0;
    for (const file of filesUnder(path)) {
      const result = await readHistory(file);
      expect([file, result.format]).toEqual([file, format]);
      expect(result.notes.includes(NO_REALTIME)).toBe(format === 'awdit' || format === 'mtc');
      total += result.history.length;
    }
    expect(total).toBe(events);
  });

  it('loses no line of a Porcupine log', async () => {
    const path = join(corpus, 'linearizability/porcupine-etcd/etcd_000.log');
    const lines = readFileSync(path, 'utf8').trim().split('\n').length;
    expect((await readHistory(path)).history.length).toBe(lines);
  });
});
