import { describe, expect, it } from 'vitest';
import { type Dice, Random } from '../harness/kit/random.js';
import { bank } from './bank.js';
import { drive } from './testing/drive.js';
import { FakeKv } from './testing/fake-kv.js';
import {
  holdsOnEveryInterleaving,
  keepsItsPromises,
  kinds,
  outcome,
  plan,
  validities,
  verdicts,
} from './testing/promises.js';
import { onSql } from './testing/stores.js';

keepsItsPromises(bank);

describe('bank', () => {
  it('is valid with plain reads, too', async () => {
    const options = { reads: 'plain' };
    expect(validities(await verdicts(bank, await drive(bank, { ...plan, options }), options))).toEqual([
      'valid',
      'valid',
    ]);
  });

  it('refuses transfers now and then, and applies most', async () => {
    const history = await drive(bank, plan);
    const outcomes = [...history.events()].flatMap(({ f, type, value }) =>
      f === 'transfer' && type === 'ok' ? [(value as { readonly outcome: string }).outcome] : [],
    );
    const refused = outcomes.filter((outcome) => outcome === 'refused').length;
    expect(refused).toBeGreaterThan(5);
    expect(refused).toBeLessThan(outcomes.length / 2);
  });

  it('names lost transfers and stale reads as such', async () => {
    const lost = await drive(bank, { ...plan, bug: 'lost updates', bugShare: 0.02 });
    expect(kinds(await verdicts(bank, lost))).toContain('lost');
    const stale = await drive(bank, { ...plan, bug: 'stale reads', bugShare: 0.1 });
    expect(kinds(await verdicts(bank, stale))).toContain('stale-read');
  });

  it('finds money made by writes whose conditions nobody checked', async () => {
    const history = await drive(bank, { ...plan, bug: 'unchecked conditions' });
    expect(kinds(await verdicts(bank, history))).toContain('wrong-total');
  });

  for (const updates of ['relative', 'computed']) {
    holdsOnEveryInterleaving(bank, { ...onSql(), options: { updates } });
  }

  it('loses money at read committed where clients calculate, and keeps it where the database does', async () => {
    const committed = { ...onSql({ isolation: 'read-committed' }), unknownShare: 0 };
    const computed = await outcome(bank, { ...committed, options: { updates: 'computed' } });
    expect(computed).toEqual(expect.arrayContaining(['invalid', 'wrong-total']));
    expect(await outcome(bank, { ...committed, options: { updates: 'relative' } })).toEqual(['valid']);
    const snapshot = { ...onSql({ isolation: 'snapshot' }), options: { updates: 'computed' } };
    expect(await outcome(bank, snapshot)).toEqual(['valid']);
  });

  it('finds what tables lose, show late, or do although they refused it', async () => {
    const lost = await outcome(bank, { ...onSql({ bug: 'lost commits' }), bugShare: 0.02 });
    expect(lost).toEqual(expect.arrayContaining(['invalid', 'lost']));
    const stale = await outcome(bank, { ...onSql({ bug: 'stale reads' }), bugShare: 0.2 });
    expect(stale).toEqual(expect.arrayContaining(['invalid', 'stale-read']));
    const dirty = await outcome(bank, { ...onSql({ bug: 'aborted commits' }), bugShare: 0.02 });
    expect(dirty).toEqual(expect.arrayContaining(['invalid', 'dirty']));
  });

  it('does not refill accounts that are there', async () => {
    const kv = new FakeKv({
      dice: { int: () => 0, float: () => 0, chance: () => false } as unknown as Dice,
      turn: () => Promise.resolve(),
      now: () => 0,
    });
    const context = { options: {}, keyspace: 'w', nodes: ['n1'], concurrency: 1, random: Random.fromSeed(1) };
    const { setUp, client } = bank.clients.kv!;
    await setUp(kv.session(), context);
    const transfer = { id: 1, from: 0, to: 1, amount: 30 };
    await client(kv.session(), context).invoke({ f: 'transfer', value: transfer });
    await setUp(kv.session(), context);
    const read = await client(kv.session(), context).invoke({ f: 'read', value: null });
    expect(read).toMatchObject({ type: 'ok', value: { balances: { 0: 99_970, 1: 100_030, 2: 100_000 } } });
  });
});
