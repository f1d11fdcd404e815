import { describe, expect, it } from 'vitest';
import { Disk, type Flaws, type Persisted } from './disk.js';

/** A disk whose work is done when the test says so. */
function disk(flaws: Flaws = {}) {
  const state = { term: 1, votedFor: 0, entries: 1 };
  const pending: (() => void)[] = [];
  const made = new Disk(
    (): Persisted => ({ ...state }),
    (run) => pending.push(run),
    flaws,
  );
  return { made, state, finish: () => pending.shift()?.() };
}

describe('a disk', () => {
  it('has only what was written when the sync began', () => {
    const { made, state, finish } = disk();
    const done: string[] = [];
    state.entries = 5;
    made.sync(() => done.push('first'));
    state.entries = 8;
    made.sync(() => done.push('second'));
    made.sync(() => done.push('third'));
    expect(made.afterPowerLoss().entries).toBe(1);
    finish();
    expect(done).toEqual(['first']);
    expect(made.afterPowerLoss().entries).toBe(5);
    finish();
    expect(done).toEqual(['first', 'second', 'third']);
    expect(made.has(8)).toBe(true);
    expect(made.has(9)).toBe(false);
  });

  it('does not count entries that were removed while they were being synced', () => {
    const { made, state, finish } = disk();
    state.entries = 5;
    made.sync(() => undefined);
    state.entries = 3;
    made.truncated(3);
    state.entries = 6;
    finish();
    expect(made.afterPowerLoss().entries).toBe(3);
  });

  it.each(['stalled', 'no-space'] as const)('that is %s holds a sync until it is mended', (why) => {
    const { made, state, finish } = disk();
    const done: string[] = [];
    state.entries = 5;
    made.sync(() => done.push('synced'));
    made.hold(why);
    finish();
    expect([made.condition, made.afterPowerLoss().entries, done]).toEqual([why, 1, []]);
    made.mend();
    expect([made.condition, made.afterPowerLoss().entries, done]).toEqual(['ok', 5, ['synced']]);
  });

  it('that fails says so once, and never that something is synced', () => {
    const { made, state, finish } = disk();
    const told: string[] = [];
    state.entries = 5;
    made.fail(() => told.push('failed'));
    made.sync(() => told.push('synced'));
    finish();
    expect([told, made.afterPowerLoss().entries]).toEqual([['failed'], 1]);
    made.forgetWaiting();
    made.mend();
    made.sync(() => told.push('synced'));
    finish();
    expect([told, made.afterPowerLoss().entries]).toEqual([['failed', 'synced'], 5]);
  });

  it('whose errors are ignored says it has what it has not', () => {
    const { made, state, finish } = disk({ errors: 'ignored' });
    const told: string[] = [];
    state.entries = 5;
    made.fail(() => told.push('failed'));
    made.sync(() => told.push('synced'));
    finish();
    expect([told, made.afterPowerLoss().entries]).toEqual([['synced'], 1]);
  });
});
