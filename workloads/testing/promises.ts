import { describe, expect, it } from 'vitest';
import { UNLIMITED, type Verdict } from '../../checkers/checker.js';
import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Workload } from '../workload.js';
import { drive } from './drive.js';

type Options = Readonly<Record<string, Json>>;

/** What a workload's own checkers say, by name. */
export async function verdicts(
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
