import { describe, expect, it } from 'vitest';
import { queue } from './queue.js';
import { drive } from './testing/drive.js';
import { holdsOnEveryInterleaving, outcome, plan } from './testing/promises.js';
import { onQueue } from './testing/stores.js';

const linearizable = { consistency: 'linearizable' };

describe('queue', () => {
  holdsOnEveryInterleaving(queue, { ...onQueue(), ...linearizable, unknownShare: 0 });

  it('has nothing against a correct queue with unknown outcomes around', async () => {
    const found = await outcome(queue, { ...onQueue(), ...linearizable, unknownShare: 0.02, budgetMs: 500 });
    expect(found).toHaveLength(1);
    expect(found).not.toContain('invalid');
  });

  it('drains in the end: the last answers of every client are empty', async () => {
    const history = await drive(queue, { ...plan, ...onQueue(), unknownShare: 0 });
    const answers = [...history.events()].filter(({ type, f }) => type === 'ok' && f === 'dequeue');
    expect(answers.slice(-plan.concurrency).every(({ value }) => value === null)).toBe(true);
    expect(answers.filter(({ value }) => value !== null).length).toBeGreaterThan(100);
  });

  it.each([
    ['lost elements', 'lost'],
    ['duplicate delivery', 'duplicated'],
    ['elements from nowhere', 'unexpected'],
    ['out of order', 'nonlinearizable'],
  ] as const)('finds %s', async (bug, kind) => {
    const found = await outcome(queue, { ...onQueue(bug), ...linearizable, bugShare: 0.03, unknownShare: 0 });
    expect(found).toEqual(expect.arrayContaining(['invalid', kind]));
  });

  it('allows duplicates and disorder where no order is promised', async () => {
    const weak = { bugShare: 0.03, unknownShare: 0, consistency: 'read-committed' };
    expect((await outcome(queue, { ...onQueue('duplicate delivery'), ...weak }))[0]).toBe('valid');
    expect((await outcome(queue, { ...onQueue('out of order'), ...weak }))[0]).toBe('valid');
    expect((await outcome(queue, { ...onQueue('lost elements'), ...weak }))[0]).toBe('invalid');
    const asked = { ...weak, options: { delivery: 'exactly-once' } };
    expect((await outcome(queue, { ...onQueue('duplicate delivery'), ...asked }))[0]).toBe('invalid');
  });
});
