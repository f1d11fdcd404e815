import { describe, expect, it } from 'vitest';
import { Disk, type Persisted } from './disk.js';

/** A disk whose work is done when the test says so. */
function disk() {
  const state = { term: 1, votedFor: 0, entries: 1 };
  const pending: (() => void)[] = [];
  const made = new Disk(
    (): Persisted => ({ ...state }),
    (run) => pending.push(run),
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
});
