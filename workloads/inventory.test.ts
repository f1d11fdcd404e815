import { describe, expect, it } from 'vitest';
import { inventory } from './inventory.js';
import { drive } from './testing/drive.js';
import { holdsOnEveryInterleaving, keepsItsPromises, kinds, outcome, plan, verdicts } from './testing/promises.js';
import { onSql } from './testing/stores.js';

keepsItsPromises(inventory);

describe('inventory', () => {
  it('sells out now and then, and confirms most', async () => {
    const history = await drive(inventory, plan);
    const outcomes = [...history.events()].flatMap(({ f, type, value }) =>
      f === 'order' && type === 'ok' ? [(value as { readonly outcome: string }).outcome] : [],
    );
    expect(outcomes.filter((outcome) => outcome === 'confirmed').length).toBeGreaterThan(50);
  });

  it('names lost orders', async () => {
    const history = await drive(inventory, { ...plan, bug: 'lost updates', bugShare: 0.02 });
    expect(kinds(await verdicts(inventory, history))).toContain('lost-order');
  });

  it('oversells with the naive strategy', async () => {
    const options = { strategy: 'naive', initialStock: 20, skus: 2, maxRestock: 2 };
    const found = await verdicts(inventory, await drive(inventory, { ...plan, options }), options);
    expect(kinds(found)).toContain('oversold');
    expect(kinds(found)).toContain('not-conserved');
  });

  for (const strategy of ['conditional', 'for-update']) {
    holdsOnEveryInterleaving(inventory, { ...onSql(), options: { strategy } });
  }

  it.each([
    ['naive', 'read-committed', 'invalid'],
    ['naive', 'snapshot', 'valid'],
    ['conditional', 'read-committed', 'valid'],
    ['for-update', 'read-committed', 'valid'],
  ] as const)('in tables, %s at %s: %s', async (strategy, isolation, expected) => {
    const options = { strategy, initialStock: 20, skus: 2, maxRestock: 5 };
    const [validity, ...found] = await outcome(inventory, { ...onSql({ isolation }), options, unknownShare: 0 });
    expect(validity).toBe(expected);
    if (expected === 'invalid') expect(found).toContain('oversold');
    else expect(found).toEqual([]);
  });

  it('finds what tables lose, or do although they refused it', async () => {
    const lost = await outcome(inventory, { ...onSql({ bug: 'lost commits' }), bugShare: 0.02 });
    expect(lost).toEqual(expect.arrayContaining(['invalid', 'lost-order']));
    const dirty = await outcome(inventory, { ...onSql({ bug: 'aborted commits' }), bugShare: 0.02 });
    expect(dirty).toEqual(expect.arrayContaining(['invalid', 'phantom-order']));
  });

  it('finds refusals that stale reads cause', async () => {
    const options = { initialStock: 5, skus: 2, maxRestock: 20 };
    const found = await verdicts(
      inventory,
      await drive(inventory, { ...plan, options, bug: 'stale reads', bugShare: 0.3 }),
      options,
    );
    expect(kinds(found)).toContain('unjustified-refusal');
  });
});
