import { describe, expect, it } from 'vitest';
import type { Verdict } from '../checkers/checker.js';
import { UNLIMITED } from '../checkers/checker.js';
import type { History } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { bank } from './bank.js';
import { inventory } from './inventory.js';
import { register } from './register.js';
import { drive } from './testing/drive.js';
import type { Workload } from './workload.js';

type Options = Readonly<Record<string, Json>>;

async function verdicts(
  workload: Workload,
  history: History,
  given: Options = {},
): Promise<Readonly<Record<string, Verdict>>> {
  const options = workload.options.parse(given) as Options;
  const found: Record<string, Verdict> = {};
  for (const { checker } of workload.checkers(options)) {
    found[checker.name] = await checker.check(history, { budget: { ...UNLIMITED, timeMs: 20_000 }, options });
  }
  return found;
}

const validities = (found: Readonly<Record<string, Verdict>>) => Object.values(found).map(({ validity }) => validity);
const kinds = (found: Readonly<Record<string, Verdict>>) =>
  Object.values(found).flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind));

const plan = { seed: 7, operations: 600, concurrency: 8, unknownShare: 0.01 };

describe.each([bank, inventory, register])('$name', (workload) => {
  it('is valid on a linearizable store, with unknown outcomes around, and every operation succeeds often', async () => {
    const history = await drive(workload, plan);
    expect(validities(await verdicts(workload, history))).not.toContain('invalid');
    expect(validities(await verdicts(workload, history))).not.toContain('unknown');
    for (const f of workload.operations) {
      const ok = [...history.events()].filter((event) => event.f === f && event.type === 'ok').length;
      expect(ok, f).toBeGreaterThanOrEqual(f === 'ledger' || f === 'book' ? 1 : 15);
    }
  });

  it('issues the same operations for the same seed', async () => {
    const asked = (history: History) =>
      [...history.events()].map(({ type, f, value, key }) => JSON.stringify([type, f, value, key]));
    expect(asked(await drive(workload, plan))).toEqual(asked(await drive(workload, plan)));
  });

  it('is invalid on a store that loses updates', async () => {
    const history = await drive(workload, { ...plan, bug: 'lost updates', bugShare: 0.02 });
    expect(validities(await verdicts(workload, history))).toContain('invalid');
  });

  it('is invalid on a store with stale reads', async () => {
    const history = await drive(workload, { ...plan, bug: 'stale reads', bugShare: 0.1 });
    expect(validities(await verdicts(workload, history))).toContain('invalid');
  });
});

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

  it('does not refill accounts that are there', async () => {
    const history = await drive(bank, { ...plan, operations: 50 });
    expect(validities(await verdicts(bank, history))).toEqual(['valid', 'valid']);
  });
});

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
