import { describe, expect, it } from 'vitest';
import { lock } from './lock.js';
import { drive } from './testing/drive.js';
import { holdsOnEveryInterleaving, outcome, plan } from './testing/promises.js';
import { onLock } from './testing/stores.js';

describe('lock', () => {
  holdsOnEveryInterleaving(lock, { ...onLock(), unknownShare: 0.05 });

  it('hands locks over often', async () => {
    const history = await drive(lock, { ...plan, ...onLock() });
    const ok = (wanted: string) => [...history.events()].filter(({ type, f }) => type === 'ok' && f === wanted).length;
    expect(ok('acquire')).toBeGreaterThan(100);
    expect(ok('release')).toBeGreaterThan(100);
  });

  it('finds a lock held twice, whatever the model', async () => {
    for (const consistency of ['linearizable', 'read-uncommitted']) {
      const found = await outcome(lock, { ...onLock('double lock'), bugShare: 0.05, consistency });
      expect(found).toEqual(expect.arrayContaining(['invalid', 'lock-held-twice']));
    }
  });

  it('finds fencing tokens that do not grow', async () => {
    const found = await outcome(lock, { ...onLock('repeated tokens'), bugShare: 0.1 });
    expect(found).toEqual(['invalid', 'fencing-token-regression']);
  });
});
