import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../kit/errors.js';
import { SuiteStore } from './store.js';
import type { Attempt } from './suite.js';
import { PROPERTY_RUNS } from '../kit/testing/property-runs.js';

let store: SuiteStore;
beforeEach(async () => void (store = new SuiteStore(await mkdtemp(join(tmpdir(), 'faultline-suite-')))));
afterEach(() => rm(store.directory, { recursive: true }));

const attempt = (number: number): Attempt => ({
  ...{ cell: 'etcd-1', number, outcome: 'valid', sentence: 'It holds.', startedAt: '2026-01-01T00:00:00.000Z' },
  ...{ durationMs: 1, faults: { injected: 0, effective: 0 }, checks: [] },
});
const numbers = async () => (await store.loadAttempts()).map(({ number }) => number);

describe('the attempts of a suite', () => {
  it('are kept, one a line', async () => {
    expect(await numbers()).toEqual([]);
    await store.record(attempt(1));
    await store.record(attempt(2));
    expect(await numbers()).toEqual([1, 2]);
    expect((await readFile(store.attemptsPath, 'utf8')).split('\n')).toHaveLength(3);
  });

  it('survive a line that was torn anywhere: it is lost, and none that comes after', async () => {
    await store.record(attempt(1));
    const whole = await readFile(store.attemptsPath, 'utf8');
    for (let length = 1; length < whole.length; length++) {
      await writeFile(store.attemptsPath, whole + whole.slice(0, length));
      const before = await numbers();
      await store.record(attempt(2));
      // Only the line feed was missing: the attempt is there.
      expect(before).toEqual(length === whole.length - 1 ? [1, 1] : [1]);
      expect(await numbers()).toEqual([...before, 2]);
    }
  });

  it('that are damaged are named with file and line', async () => {
    await store.record(attempt(1));
    await appendFile(store.attemptsPath, '{"cell":"etcd-1","number":2}\n');
    await store.record(attempt(3));
    await expect(numbers()).rejects.toThrow(`${store.attemptsPath}:2 is damaged: "outcome" is missing`);
  });

  it('are read or refused in one line, whatever byte is another one', async () => {
    for (const number of [1, 2, 3]) await store.record(attempt(number));
    const bytes = await readFile(store.attemptsPath);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        await writeFile(store.attemptsPath, changed);
        const read = await store.loadAttempts().catch((error: unknown) => error);
        if (Array.isArray(read)) {
          expect(read.length).toBeGreaterThanOrEqual(2);
          return;
        }
        expect(read).toBeInstanceOf(UserError);
        expect((read as UserError).message).toMatch(/attempts\.jsonl:\d+ is damaged: [^\n]+$/);
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});
