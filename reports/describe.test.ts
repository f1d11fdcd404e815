import { expect, it } from 'vitest';
import type { Json } from '../harness/history/operation.js';
import { compact, describe, type OperationOutcome } from './describe.js';

const words = (f: string, input: Json, output: Json | undefined, outcome: OperationOutcome = 'ok') =>
  describe({ f, input, output, outcome });

it('puts the usual operations in a few words', () => {
  expect(words('read', null, 3)).toBe('read → 3');
  expect(words('read', null, null)).toBe('read → null');
  expect(words('write', 3, 3)).toBe('write 3');
  expect(words('cas', [1, 2], [1, 2])).toBe('cas 1→2');
  expect(words('cas', [1, 2], [1, 2], 'fail')).toBe('cas 1→2 → failed');
  expect(words('write', 3, 3, 'info')).toBe('write 3 → ?');
  expect(words('write', 3, undefined, 'open')).toBe('write 3 → ?');
});

it('knows transfers, orders, snapshots and transactions', () => {
  const transfer = { id: 7, from: 0, to: 3, amount: 5 };
  expect(words('transfer', transfer, { ...transfer, outcome: 'refused' })).toBe(
    'transfer 5 from 0 to 3 → refused (id 7)',
  );
  expect(words('order', { id: 812, quantity: 2, region: 'eu' }, { outcome: 'confirmed' })).toBe(
    'order 2 → confirmed (id 812)',
  );
  expect(words('cancel', { order: 812 }, { outcome: 'cancelled' })).toBe('cancel of order 812 → cancelled');
  expect(words('read', null, { balances: { 0: 10, 1: 5 }, versions: { 0: 1, 1: 2 } })).toBe('read → {0: 10, 1: 5}');
  expect(
    words(
      'txn',
      [
        ['append', 'x', 1],
        ['r', 'y', null],
      ],
      [
        ['append', 'x', 1],
        ['r', 'y', [1, 2]],
      ],
    ),
  ).toBe('txn [append x 1, r y [1 2]]');
});

it('tells a read that answered null from one that did not answer', () => {
  const asked: Json = [['r', 'y', null]];
  expect(words('txn', asked, asked)).toBe('txn [r y null]');
  expect(words('txn', asked, undefined, 'info')).toBe('txn [r y ?] → ?');
});

it('stays short and harmless whatever the value', () => {
  const text = words('write', 'x'.repeat(1_000_000), { a: '\u202e', b: Array.from({ length: 100_000 }, () => 'y') });
  expect(text.length).toBeLessThan(220);
  expect(words('write', '\u202e', 1)).toContain('\\u202e');
  expect(compact(Array.from({ length: 100_000 }, (_, i) => i)).length).toBeLessThan(500);
});
