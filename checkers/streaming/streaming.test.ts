import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { readHistory } from '../../harness/history/formats/read.js';
import type { History } from '../../harness/history/history.js';
import type { EventType, Json } from '../../harness/history/operation.js';
import { bank } from '../bank/bank.js';
import { bankLinearizable } from '../bank/linearizable.js';
import { type BankBug, type BankShape, simulateBank } from '../bank/testing/simulated-bank.js';
import { type Anomaly, type Checker, UNLIMITED, type Verdict } from '../checker.js';
import { counter } from '../counter.js';
import { listAppend } from '../cycles/cycles.js';
import { inventory } from '../inventory/inventory.js';
import { inventoryLinearizable } from '../inventory/linearizable.js';
import { type ShopBug, simulateShop } from '../inventory/testing/simulated-shop.js';
import { lock } from '../lock.js';
import { queue } from '../queue.js';
import { setFull } from '../set-full.js';
import { type StreamContext, streamingCheckers } from './streaming.js';

type Options = Readonly<Record<string, Json>>;

/** What a stream tells of a history, and at which event. */
function firstTold(
  workload: string,
  history: History,
  context: Partial<StreamContext> = {},
): { readonly anomaly: Anomaly; readonly at: number } | undefined {
  const stream = streamingCheckers[workload]({ options: {}, ...context });
  for (const event of history.events()) {
    const anomaly = stream.push(event);
    if (anomaly !== undefined) return { anomaly, at: event.index };
  }
  const anomaly = stream.finish();
  return anomaly && { anomaly, at: history.length };
}

const validityOf = async (checker: Checker, history: History, options: Options = {}) =>
  ((await checker.check(history, { budget: { ...UNLIMITED, timeMs: 5_000 }, options })) as Verdict).validity;

const corpus = fileURLToPath(new URL('../corpus/', import.meta.url));
const STREAM_OF: Readonly<Record<string, string>> = {
  bank: 'bank',
  inventory: 'inventory',
  'set-full': 'set',
  queue: 'queue',
  'total-queue': 'queue',
  lock: 'lock',
  counter: 'counter',
  la: 'append',
  rw: 'wr',
  'linearizable-register': 'register',
  'linearizable-cas-register': 'register',
};
const OPTIONS: Readonly<Record<string, Options>> = {
  bank: { accounts: 3, initialBalance: 100 },
  inventory: { skus: ['tea', 'cup'], initialStock: 10 },
};
const streamOf = (file: string) => {
  const prefixes = Object.keys(STREAM_OF).filter((prefix) => file.startsWith(`${prefix}-`));
  return STREAM_OF[prefixes.sort((a, b) => b.length - a.length)[0]];
};
const files = readdirSync(corpus).filter((file) => file.endsWith('.jsonl') && streamOf(file) !== undefined);

describe('recorded histories', () => {
  it.each(files.filter((file) => file.endsWith('-good.jsonl')))('%s: silence', async (file) => {
    const { history } = await readHistory(join(corpus, file));
    const workload = streamOf(file);
    expect(firstTold(workload, history, { options: OPTIONS[workload] ?? {} })).toBeUndefined();
  });

  it.each([
    'bank-wrong-total-bad',
    'bank-negative-balance-bad',
    'bank-missing-account-bad',
    'bank-unknown-account-bad',
    'bank-stale-read-bad',
    'bank-impossible-balance-bad',
    'inventory-oversold-bad',
    'inventory-impossible-stock-bad',
    'inventory-negative-stock-bad',
    'la-G1a-bad',
    'la-internal-bad',
    'la-duplicate-elements-bad',
    'la-incompatible-order-bad',
    'rw-G1a-bad',
    'rw-internal-bad',
    'lock-held-twice-bad',
    'lock-token-bad',
    'queue-unexpected-bad',
    'queue-duplicated-bad',
    'set-full-duplicate-bad',
    'set-full-unexpected-bad',
    'linearizable-register-stale-bad',
  ])('%s: told', async (name) => {
    const { history } = await readHistory(join(corpus, `${name}.jsonl`));
    const workload = streamOf(`${name}.jsonl`);
    const found = firstTold(workload, history, { options: OPTIONS[workload] ?? {} });
    expect(found?.anomaly.sentence).toMatch(/ at |event/);
  });

  it('a model that allows it is none to tell against', async () => {
    const { history } = await readHistory(join(corpus, 'la-G1a-bad.jsonl'));
    expect(firstTold('append', history, { consistency: 'read-uncommitted' })).toBeUndefined();
  });
});

describe('simulated banks and shops', () => {
  const bugs: readonly (BankBug | undefined)[] = [undefined, 'torn-read', 'stale-read', 'frozen', 'lost', 'overdraft'];

  it('bank: tells nothing that the checks of the whole do not (300 histories), and tells totals at once', async () => {
    let told = 0;
    for (let seed = 0; seed < 300; seed++) {
      const bug = bugs[seed % bugs.length];
      const shape: BankShape = {
        accounts: 2 + (seed % 4),
        initialBalance: [2, 20, 100][seed % 3],
        maxAmount: [3, 9][seed % 2],
        operations: 40,
        concurrency: 1 + (seed % 5),
        infoShare: 0.05 * (seed % 3),
        failShare: 0.05,
        reads: seed % 2 ? 'plain' : 'decodable',
        ledger: seed % 3 ? 'none' : 'final',
        bugShare: 0.3,
        ...(bug && { bug }),
      };
      const options = { accounts: shape.accounts, initialBalance: shape.initialBalance };
      const history = historyOf(simulateBank(shape, seed));
      const found = firstTold('bank', history, { options });
      if (bug === undefined) expect(found, `seed ${seed}`).toBeUndefined();
      if (found === undefined) continue;
      told++;
      const whole = await Promise.all([bank, bankLinearizable].map((checker) => validityOf(checker, history, options)));
      expect(whole, `seed ${seed}: ${found.anomaly.sentence}`).toContain('invalid');
      if (found.anomaly.kind === 'wrong-total') expect(found.at).toBe(found.anomaly.operations.at(-1));
    }
    expect(told).toBeGreaterThan(60);
  });

  it('inventory: tells nothing that the checks of the whole do not (300 histories)', async () => {
    const shopBugs: readonly (ShopBug | undefined)[] = [
      undefined,
      'oversell',
      'frozen',
      'stale-read',
      'taken-twice',
      'phantom-order',
    ];
    let told = 0;
    for (let seed = 0; seed < 300; seed++) {
      const bug = shopBugs[seed % shopBugs.length];
      const shape = {
        skus: 1 + (seed % 3),
        initialStock: [2, 5, 20][seed % 3],
        maxQuantity: 3,
        maxRestock: 4,
        operations: 40,
        concurrency: 1 + (seed % 5),
        infoShare: 0.05 * (seed % 3),
        failShare: 0.05,
        book: seed % 3 ? ('none' as const) : ('final' as const),
        bugShare: 0.4,
        ...(bug && { bug }),
      };
      const options = { skus: shape.skus, initialStock: shape.initialStock };
      const history = historyOf(simulateShop(shape, seed));
      const found = firstTold('inventory', history, { options });
      if (bug === undefined) expect(found, `seed ${seed}`).toBeUndefined();
      if (found === undefined) continue;
      told++;
      const checkers = [inventory, inventoryLinearizable];
      const whole = await Promise.all(checkers.map((checker) => validityOf(checker, history, options)));
      expect(whole, `seed ${seed}: ${found.anomaly.sentence}`).toContain('invalid');
    }
    expect(told).toBeGreaterThan(20);
  });
});

describe('random histories: tells nothing that the check of the whole does not', () => {
  const small = fc.nat(4);
  const micro = fc.oneof(
    fc.tuple(fc.constant('append'), fc.nat(1), fc.nat(9)),
    fc.tuple(fc.constant('r'), fc.nat(1), fc.uniqueArray(fc.nat(9), { maxLength: 3 })),
  );
  it.each<[string, Checker, readonly (readonly [string, fc.Arbitrary<Json>])[], string | undefined]>([
    [
      'counter',
      counter,
      [
        ['add', fc.nat(3)],
        ['read', fc.nat(9)],
      ],
      undefined,
    ],
    [
      'queue',
      queue,
      [
        ['enqueue', small],
        ['dequeue', small],
      ],
      undefined,
    ],
    [
      'set',
      setFull,
      [
        ['add', small],
        ['read', fc.array(small, { maxLength: 3 })],
      ],
      undefined,
    ],
    [
      'lock',
      lock,
      [
        ['acquire', small],
        ['release', fc.constant(null)],
      ],
      undefined,
    ],
    ['append', listAppend, [['txn', fc.array(micro, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<Json>]], undefined],
  ])('%s', async (workload, checker, kinds) => {
    const step = fc.record({
      process: fc.nat(2),
      outcome: fc.constantFrom<EventType>('ok', 'ok', 'ok', 'fail', 'info'),
      operation: fc.oneof(...kinds.map(([f, value]) => fc.record({ f: fc.constant(f), value }))),
    });
    let told = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const history = overlapping(steps);
        if (history === undefined) return;
        const found = firstTold(workload, history);
        if (found === undefined) return;
        told++;
        expect(await validityOf(checker, history), found.anomaly.sentence).toBe('invalid');
      }),
      { numRuns: 400 },
    );
    expect(told).toBeGreaterThan(20);
  });
});

interface Step {
  readonly process: number;
  readonly outcome: EventType;
  readonly operation: { readonly f: string; readonly value: Json };
}

/** A process' steps alternate between invoking and completing. Undefined where a value would be appended twice. */
function overlapping(steps: readonly Step[]): History | undefined {
  const open = new Map<number, Step['operation']>();
  const appended = new Set<string>();
  const events = steps.flatMap(({ process, outcome, operation }) => {
    const pending = open.get(process);
    if (pending !== undefined) {
      open.delete(process);
      return [{ process, type: outcome, ...pending }];
    }
    const value =
      operation.f === 'txn'
        ? (operation.value as Json[]).filter((one) => {
            const [f, key, written] = one as [string, Json, Json];
            const name = `${String(key)} ${String(written)}`;
            if (f !== 'append') return true;
            if (appended.has(name)) return false;
            appended.add(name);
            return true;
          })
        : operation.value;
    open.set(process, { ...operation, value });
    return [{ process, type: 'invoke' as const, f: operation.f, value }];
  });
  return historyOf(events);
}
