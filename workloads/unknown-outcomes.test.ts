import { describe, expect, it } from 'vitest';
import { worst } from '../checkers/checker.js';
import { historyOf } from '../harness/history/builder.js';
import type { Json, Operation } from '../harness/history/operation.js';
import { bank } from './bank.js';
import { inventory } from './inventory.js';
import { validities, verdicts } from './testing/promises.js';
import type { Workload } from './workload.js';

type Step = readonly [f: string, asked: Json, type: 'ok' | 'info', answered: Json];

/** One after the other, each by a process of its own. */
function history(steps: readonly Step[], key?: string) {
  const events = steps.flatMap(([f, asked, type, answered], process): Omit<Operation, 'index' | 'time'>[] => {
    const common = { process, node: 'n1', f, ...(key !== undefined && f !== 'book' && f !== 'stock-take' && { key }) };
    return [
      { ...common, type: 'invoke', value: asked },
      { ...common, type, value: type === 'info' ? asked : answered },
    ];
  });
  return historyOf(events.map((event, index) => ({ ...event, index, time: index * 1e6 })));
}

/** What becomes of something of unknown outcome, which a book (or ledger) holds or does not, as readers see it. */
const CASES: readonly (readonly [
  name: string,
  order: readonly ('unknown' | 'with' | 'without' | 'held' | 'not held')[],
  string,
])[] = [
  ['in the book it happened, and shows from then on', ['unknown', 'held', 'with'], 'valid'],
  ['in the book it happened, so a later reader must not miss it', ['unknown', 'held', 'without'], 'invalid'],
  ['in the book it happened, at any time before', ['unknown', 'without', 'held', 'with'], 'valid'],
  // A server may have been at work on it all the while.
  ['missing from the book it may still happen later', ['unknown', 'not held', 'without', 'with'], 'valid'],
  ['missing from the book it had not happened before', ['unknown', 'with', 'not held'], 'invalid'],
  ['missing from one book and in the next, it happened between the two', ['unknown', 'not held', 'held'], 'valid'],
  ['in one book it cannot be missing from the next', ['unknown', 'held', 'not held'], 'invalid'],
];

const TRANSFER = { id: 1, from: 0, to: 1, amount: 5 };
const before = { balances: { 0: 100, 1: 100 }, versions: { 0: 0, 1: 0 } };
const after = { balances: { 0: 95, 1: 105 }, versions: { 0: 1, 1: 1 } };
const ORDER = { id: 1, quantity: 2, region: 'a' };

const SUBJECTS: readonly (readonly [
  Workload,
  Readonly<Record<string, Json>>,
  Readonly<Record<string, Step>>,
  string?,
])[] = [
  [
    bank,
    { accounts: 2, initialBalance: 100 },
    {
      unknown: ['transfer', TRANSFER, 'info', null],
      with: ['read', null, 'ok', after],
      without: ['read', null, 'ok', before],
      held: ['ledger', null, 'ok', { ...after, transfers: [TRANSFER] }],
      'not held': ['ledger', null, 'ok', { ...before, transfers: [] }],
    },
  ],
  [
    inventory,
    { skus: 1, initialStock: 10 },
    {
      unknown: ['order', ORDER, 'info', null],
      with: ['stock-take', null, 'ok', { stock: { 'sku-0': 8 } }],
      without: ['stock-take', null, 'ok', { stock: { 'sku-0': 10 } }],
      held: [
        'book',
        null,
        'ok',
        { stock: { 'sku-0': 8 }, orders: [{ ...ORDER, sku: 'sku-0', status: 'confirmed' }], restocks: [] },
      ],
      'not held': ['book', null, 'ok', { stock: { 'sku-0': 10 }, orders: [], restocks: [] }],
    },
    'sku-0',
  ],
];

describe.each(SUBJECTS.map((subject) => [subject[0].name, subject] as const))(
  'an unknown outcome of %s is resolved by its id, where that is sound:',
  (_name, [workload, options, steps, key]) => {
    it.each(CASES)('%s', async (_case, order, expected) => {
      const found = await verdicts(
        workload,
        history(
          order.map((step) => steps[step]!),
          key,
        ),
        options,
      );
      expect(worst(validities(found)), JSON.stringify(found)).toBe(expected);
    });
  },
);
