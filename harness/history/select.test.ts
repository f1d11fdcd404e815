import { describe, expect, it } from 'vitest';
import { historyOf } from './builder.js';
import { NONE } from './history.js';
import { onlyNemesis, select, selectWorkload, withoutNemesis } from './select.js';

const history = historyOf([
  { process: 0, type: 'invoke', f: 'write', value: 1, workload: 'register', key: 'a' },
  { process: 1, type: 'invoke', f: 'transfer', value: { id: 1 }, workload: 'bank' },
  { process: 'nemesis', type: 'invoke', f: 'kill', value: { id: 1 } },
  { process: 1, type: 'ok', f: 'transfer', value: { id: 1 }, workload: 'bank' },
  { process: 0, type: 'ok', f: 'write', value: 1, workload: 'register', key: 'a' },
]);

describe('select', () => {
  it('keeps indices and recomputes pairs', () => {
    const bank = selectWorkload(history, 'bank');
    expect([...bank.columns.indices]).toEqual([1, 3]);
    expect([...bank.columns.pairs]).toEqual([1, 0]);
    expect(bank.event(1)).toEqual(history.event(3));
  });

  it('answers nothing for a workload that did not run', () => {
    expect(selectWorkload(history, 'queue').length).toBe(0);
  });

  it('takes all client operations where no workload is named', () => {
    const bare = historyOf([
      { process: 0, type: 'invoke', f: 'read' },
      { process: 'nemesis', type: 'info', f: 'start' },
      { process: 0, type: 'ok', f: 'read' },
    ]);
    expect([...selectWorkload(bare, 'register').columns.indices]).toEqual([0, 2]);
  });

  it('splits clients from the nemesis', () => {
    expect([...withoutNemesis(history).columns.indices]).toEqual([0, 1, 3, 4]);
    expect([...onlyNemesis(history).columns.indices]).toEqual([2]);
  });

  it('leaves an event open whose partner is left out', () => {
    expect([...select(history, (position) => position === 0).columns.pairs]).toEqual([NONE]);
  });
});
