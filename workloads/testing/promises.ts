import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { UNLIMITED, type Verdict, worst } from '../../checkers/checker.js';
import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Workload } from '../workload.js';
import { drive, type Drive } from './drive.js';

type Options = Readonly<Record<string, Json>>;

/** What a workload's own checkers say, by name; against a model where one is given. */
export async function verdicts(
  workload: Workload,
  history: History,
  given: Options = {},
  consistency?: string,
  timeMs = 20_000,
): Promise<Readonly<Record<string, Verdict>>> {
  const options = workload.options.parse(given) as Options;
  const found: Record<string, Verdict> = {};
  const context = { budget: { ...UNLIMITED, timeMs }, options, ...(consistency && { consistency }) };
  for (const { checker } of workload.checkers(options)) found[checker.name] = await checker.check(history, context);
  return found;
}

/** Runs a workload in memory and judges it: `[worst validity, …kinds of anomalies]`, each once, violations or allowed. */
export async function outcome(
  workload: Workload,
  { consistency, budgetMs, ...drive_ }: Partial<Drive> & { readonly consistency?: string; readonly budgetMs?: number },
): Promise<readonly string[]> {
  const history = await drive(workload, { ...plan, ...drive_ });
  const found = await verdicts(workload, history, drive_.options, consistency, budgetMs);
  return [worst(validities(found)), ...new Set(kinds(found))];
}

/** Property: whatever the interleaving, a correct store is valid. Every kind of operation succeeds, too. */
export function holdsOnEveryInterleaving(
  workload: Workload,
  {
    consistency = 'strict-serializable',
    runs = 5,
    ...drive_
  }: Partial<Drive> & { readonly consistency?: string; readonly runs?: number },
): void {
  it(`is valid on a correct ${drive_.family ?? 'kv'} store ${JSON.stringify(drive_.options ?? {})}, whatever the interleaving`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.integer({ min: 2, max: 10 }), async (seed, concurrency) => {
        const history = await drive(workload, { ...plan, operations: 200, ...drive_, seed, concurrency });
        const found = await verdicts(workload, history, drive_.options, consistency);
        expect(kinds(found)).toEqual([]);
        expect(new Set(validities(found))).toEqual(new Set(['valid']));
        const succeeded = new Set([...history.events()].filter(({ type }) => type === 'ok').map(({ f }) => f));
        expect([...succeeded].sort()).toEqual([...workload.operations].sort());
      }),
      { numRuns: runs },
    );
  });
}

export const validities = (found: Readonly<Record<string, Verdict>>) =>
  Object.values(found).map(({ validity }) => validity);
export const kinds = (found: Readonly<Record<string, Verdict>>) =>
  Object.values(found).flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind));

export const plan = { seed: 7, operations: 600, concurrency: 8, unknownShare: 0.01 };

/** What every workload promises on stores that are right and on stores that are wrong. */
export function keepsItsPromises(workload: Workload): void {
  describe(`${workload.name} on a store in memory`, () => {
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
}
