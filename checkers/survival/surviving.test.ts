import { describe, expect, it } from 'vitest';
import { historyOf, type EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { BACKUP_EVENT, type BackupMark, restoresOf } from '../../harness/history/restores.js';
import { withoutNemesis } from '../../harness/history/select.js';
import { Random } from '../../harness/kit/random.js';
import { type Checker, UNLIMITED } from '../checker.js';
import { listAppend } from '../cycles/cycles.js';
import { setFull } from '../set-full.js';
import { surviving } from './surviving.js';
import { type Defect, record } from './testing/backed-up-store.js';
import { appendTraces, setTraces, transactionTraces } from './traces.js';

const set = surviving(setFull, setTraces);
const append = surviving(listAppend, appendTraces);

async function check(checker: Checker, events: readonly EventInput[], consistency = 'strict-serializable') {
  const whole = historyOf(events);
  const context = { budget: UNLIMITED, options: { linearizable: true }, consistency };
  return checker.acrossRestores!(withoutNemesis(whole), context, restoresOf(whole));
}

const mark = (name: BackupMark): EventInput => ({
  process: 'nemesis',
  type: 'info',
  f: BACKUP_EVENT,
  value: { fault: 1, mark: name },
});
const done = (f: string, asked: Json, answer: Json = asked, process = 0): readonly EventInput[] => [
  { process, type: 'invoke', f, value: asked },
  { process, type: 'ok', f, value: answer },
];
const add = (element: number) => done('add', element);
const read = (elements: readonly number[]) => done('read', null, elements);
const BACKUP = [mark('backup-begin'), mark('backup-end')];
const kinds = ({ anomalies }: { readonly anomalies: readonly { readonly kind: string }[] }) =>
  anomalies.map(({ kind }) => kind);

describe('a model that allows stale reads', () => {
  const appended = [...done('txn', [['append', 'x', 1]]), ...done('txn', [['r', 'x', null]], [['r', 'x', [1]]])];
  const after = (list: Json) => [...BACKUP, mark('destroyed'), ...done('txn', [['r', 'x', null]], [['r', 'x', list]])];

  it('does not take for lost what a read that may be stale misses', async () => {
    expect((await check(append, [...appended, ...after([])])).validity).toBe('invalid');
    const verdict = await check(append, [...appended, ...after([])], 'serializable');
    expect(verdict.validity).toBe('valid');
    expect(verdict.checked.join()).toContain('reads that may be stale do not tell');
  });

  it('still names what cannot be there', async () => {
    const late = [...appended, ...BACKUP, ...done('txn', [['append', 'x', 2]]), mark('destroyed')];
    const seen = done('txn', [['r', 'x', null]], [['r', 'x', [1, 2]]]);
    expect(kinds(await check(append, [...late, ...seen], 'serializable'))).toContain('newer-than-backup');
  });
});

describe('a set across a restore', () => {
  it('loses what came after the backup, and says how much', async () => {
    const verdict = await check(set, [...add(1), ...read([1]), ...BACKUP, ...add(2), mark('destroyed'), ...read([1])]);
    expect(verdict.validity).toBe('valid');
    expect(verdict.details['survival']).toMatchObject([{ fault: 1, before: 1, during: 0, lost: 1, missing: 0 }]);
  });

  it('without a restore is judged as ever', async () => {
    const history = historyOf([...add(1), ...BACKUP, ...add(2), ...read([1])]);
    expect(restoresOf(history)).toEqual([]);
    const { validity } = await set.check(withoutNemesis(history), { budget: UNLIMITED, options: {} });
    expect(validity).toBe('invalid');
  });

  it('names what was acknowledged before the backup and is missing', async () => {
    const verdict = await check(set, [...add(1), ...add(2), ...BACKUP, mark('destroyed'), ...read([1])]);
    expect(verdict.validity).toBe('invalid');
    expect(verdict.anomalies[0]).toMatchObject({ kind: 'lost-by-restore', operations: [2, 3] });
  });

  it('names what is newer than the backup', async () => {
    const verdict = await check(set, [...add(1), ...BACKUP, ...add(2), mark('destroyed'), ...read([1, 2])]);
    expect(kinds(verdict)).toContain('newer-than-backup');
  });

  it('names a backup of no single moment', async () => {
    const window = [...add(9), ...read([9]), mark('backup-begin'), ...add(1), ...add(2), mark('backup-end')];
    expect((await check(set, [...window, mark('destroyed'), ...read([9, 1])])).validity).toBe('valid');
    expect((await check(set, [...window, mark('destroyed'), ...read([9])])).validity).toBe('valid');
    const torn = await check(set, [...window, mark('destroyed'), ...read([9, 2])]);
    expect(kinds(torn)).toContain('torn-backup');
  });

  it('lets what timed out take effect later, until the backup', async () => {
    const late: readonly EventInput[] = [
      { process: 7, type: 'invoke', f: 'add', value: 5 },
      { process: 7, type: 'info', f: 'add', value: 5, error: 'timeout' },
    ];
    const missed = [...late, ...add(1), ...read([1]), ...BACKUP, mark('destroyed')];
    expect((await check(set, [...missed, ...read([1, 5])])).validity).toBe('valid');
    expect((await check(set, [...missed, ...read([1]), ...read([1, 5])])).validity).toBe('invalid');
    const seen = [...late, ...read([5]), ...read([]), ...BACKUP, mark('destroyed'), ...read([5])];
    expect((await check(set, seen)).validity).toBe('invalid');
  });

  it('does not let what was left open take effect after the restore', async () => {
    const open: EventInput = { process: 7, type: 'invoke', f: 'add', value: 5 };
    const zombie = [open, ...add(1), ...read([1]), ...BACKUP, mark('destroyed'), ...read([1]), ...read([1, 5])];
    expect((await check(set, zombie)).validity).toBe('invalid');
    const saved = [open, ...add(1), ...read([1]), ...BACKUP, mark('destroyed'), ...read([1, 5])];
    expect((await check(set, saved)).validity).toBe('valid');
  });

  it.each<Defect>(['none', 'torn', 'old', 'late', 'empty'])('of a random store with defect %s', async (defect) => {
    let invalid = 0;
    for (let seed = 0; seed < (defect === 'none' ? 400 : 60); seed++) {
      const operations = seed % 3 === 0 ? 240 : 60;
      const shape = { keys: 1, processes: 3, operations, restores: 1 + (seed % 2), defect };
      const [{ history, restores }] = Random.fromSeed(seed).draw((dice) => record(dice, shape, 'set'));
      const context = { budget: UNLIMITED, options: { linearizable: true } };
      if ((await set.acrossRestores!(history, context, restores)).validity === 'invalid') invalid++;
    }
    if (defect === 'none') expect(invalid).toBe(0);
    else expect(invalid).toBeGreaterThan(2);
  });
});

describe('transactions across a restore', () => {
  const txn = (asked: Json, answer: Json = asked) => done('txn', asked, answer);
  const write = txn([
    ['append', 'x', 1],
    ['append', 'y', 1],
  ]);
  const look = (x: readonly number[], y: readonly number[]) =>
    txn(
      [
        ['r', 'x', null],
        ['r', 'y', null],
      ],
      [
        ['r', 'x', x],
        ['r', 'y', y],
      ],
    );

  it('are there as a whole or, begun meanwhile, not at all', async () => {
    const before = [...txn([['append', 'z', 1]]), ...look([], []), ...txn([['r', 'z', null]], [['r', 'z', [1]]])];
    const window = [...before, mark('backup-begin'), ...write, mark('backup-end'), mark('destroyed')];
    expect((await check(append, [...window, ...look([1], [1])])).validity).toBe('valid');
    expect((await check(append, [...window, ...look([], [])])).validity).toBe('valid');
    expect(kinds(await check(append, [...window, ...look([1], [])]))).toContain('torn-backup');
    expect(kinds(await check(append, [...write, ...BACKUP, mark('destroyed'), ...look([], [])]))).toContain(
      'lost-by-restore',
    );
  });

  it('that only read are no updates', () => {
    const history = historyOf(look([], []));
    const operation = { invocation: 0, completion: 1, timeline: 0, begin: 0, end: 1 };
    expect(transactionTraces.isUpdate(history, operation)).toBe(false);
  });
});
