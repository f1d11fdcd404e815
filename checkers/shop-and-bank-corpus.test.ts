import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../harness/history/formats/read.js';
import type { Json } from '../harness/history/operation.js';
import { bank } from './bank/bank.js';
import { bankLinearizable } from './bank/linearizable.js';
import { type Checker, UNLIMITED, type Verdict } from './checker.js';
import { inventory } from './inventory/inventory.js';
import { inventoryLinearizable } from './inventory/linearizable.js';

const folder = fileURLToPath(new URL('corpus', import.meta.url));
const external = fileURLToPath(new URL('../../shared/histories/jepsen', import.meta.url));

const SUITES: Readonly<
  Record<string, { readonly checkers: readonly Checker[]; readonly options: Readonly<Record<string, Json>> }>
> = {
  bank: { checkers: [bank, bankLinearizable], options: { accounts: 3, initialBalance: 100 } },
  inventory: { checkers: [inventory, inventoryLinearizable], options: { skus: ['tea', 'cup'], initialStock: 10 } },
};

/** File names whose anomaly goes by another name. */
const KINDS: Readonly<Record<string, string>> = { 'torn-read': 'torn' };

async function judged(
  file: string,
  checkers: readonly Checker[],
  options: Readonly<Record<string, Json>>,
): Promise<readonly Verdict[]> {
  const { history } = await readHistory(file);
  return Promise.all(checkers.map(async (checker) => checker.check(history, { budget: UNLIMITED, options })));
}

for (const [name, { checkers, options }] of Object.entries(SUITES)) {
  const files = readdirSync(folder).filter((file) => file.startsWith(`${name}-`));
  describe(`corpus of ${name}`, () => {
    it.each(files.filter((file) => file.endsWith('good.jsonl')))('%s is valid', async (file) => {
      const verdicts = await judged(`${folder}/${file}`, checkers, options);
      expect(verdicts.flatMap(({ anomalies }) => anomalies.map(({ sentence }) => sentence))).toEqual([]);
      expect(verdicts.map(({ validity }) => validity)).toEqual(['valid', 'valid']);
    });

    it.each(files.filter((file) => file.endsWith('-bad.jsonl')))(
      '%s is invalid for the reason it is named for',
      async (file) => {
        const kind = basename(file, '-bad.jsonl').slice(name.length + 1);
        const verdicts = await judged(`${folder}/${file}`, checkers, options);
        const anomalies = verdicts.flatMap((verdict) => verdict.anomalies);
        expect(anomalies.map((anomaly) => anomaly.kind)).toContain(KINDS[kind] ?? kind);
        // Whatever is wrong, no order of operations explains it.
        expect(verdicts[1].validity).toBe('invalid');
        for (const { sentence, operations } of anomalies) {
          expect(sentence).toMatch(/^[A-Z].*\.$/s);
          expect(sentence).not.toMatch(/undefined|NaN|Infinity|\[object/);
          expect(operations.length).toBeGreaterThan(0);
        }
      },
    );
  });
}

const missing = !existsSync(external);
if (missing) console.warn(`external corpus not found at ${external}: bank histories of Jepsen are not checked`);

describe.skipIf(missing)('banks of Jepsen', () => {
  it('bank.edn is valid', async () => {
    const [direct, whole] = await judged(`${external}/bank.edn`, [bank, bankLinearizable], {});
    expect(direct.validity).toBe('valid');
    expect(whole.validity).toBe('valid');
    expect(direct.checked.join()).toContain('the sum of the first read');
  });

  it('bank-tidb.edn is invalid: money was lost', async () => {
    const [direct, whole] = await judged(`${external}/bank-tidb.edn`, [bank, bankLinearizable], {});
    expect(direct.validity).toBe('invalid');
    expect(direct.anomalies.map(({ kind }) => kind)).toContain('wrong-total');
    expect(whole.validity).toBe('invalid');
  });
});
