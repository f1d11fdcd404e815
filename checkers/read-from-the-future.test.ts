import { describe, expect, it } from 'vitest';
import type { Json } from '../harness/history/operation.js';
import { bank } from './bank/bank.js';
import { causalReverse } from './causal-reverse.js';
import type { Checker, Verdict } from './checker.js';
import { counter } from './counter.js';
import { longFork } from './long-fork.js';
import { monotonic } from './monotonic.js';
import { queue } from './queue.js';
import { sessionGuarantees } from './sessions/session-guarantees.js';
import { staleness } from './sessions/staleness.js';
import { set } from './set.js';
import { setFull } from './set-full.js';
import { contextWith, type Line, script, sequential } from './testing/script.js';
import { totalQueue } from './total-queue.js';

describe('reads from the future', () => {
  it.each<[Checker, readonly Line[], string]>([
    [
      totalQueue,
      sequential(['dequeue', null, 'ok', 1], ['enqueue', 1, 'ok'], ['dequeue', null, 'ok', null]),
      'unexpected',
    ],
    [
      causalReverse,
      sequential(['read', null, 'ok', [1]], ['write', 1, 'ok'], ['read', null, 'ok', [1]]),
      'future-read',
    ],
    [
      longFork,
      sequential(
        [
          'txn',
          [
            ['r', 'x', null],
            ['r', 'y', null],
          ],
          'ok',
          [
            ['r', 'x', 1],
            ['r', 'y', null],
          ],
        ],
        ['txn', [['w', 'x', 1]], 'ok'],
      ),
      'future-read',
    ],
    [queue, sequential(['dequeue', null, 'ok', 1], ['enqueue', 1, 'ok']), 'unexpected'],
    [set, sequential(['read', null, 'ok', [1]], ['add', 1, 'ok']), 'unexpected'],
    [setFull, sequential(['read', null, 'ok', [1]], ['add', 1, 'ok'], ['read', null, 'ok', [1]]), 'unexpected'],
    [counter, sequential(['read', null, 'ok', 3], ['add', 3, 'ok'], ['read', null, 'ok', 3]), 'counter-out-of-bounds'],
    [
      sessionGuarantees,
      sequential(['read', null, 'ok', 1], ['write', 1, 'ok'], ['read', null, 'ok', 1]),
      'future-read',
    ],
    [staleness, sequential(['read', null, 'ok', 1], ['write', 1, 'ok'], ['read', null, 'ok', 1]), 'future-read'],
    [
      bank,
      sequential(
        ['read', null, 'ok', { 0: 3, 1: 7 }],
        ['transfer', { id: 1, from: 0, to: 1, amount: 2 }, 'ok'],
        ['read', null, 'ok', { 0: 3, 1: 7 }],
      ),
      'impossible-balance',
    ],
    [monotonic, sequential(['read', null, 'ok', 3], ['inc', null, 'ok', 3]), 'non-monotonic'],
  ])('are violations: case %#', (checker, lines, kind) => {
    const options: Record<string, Json> =
      checker === monotonic ? { scope: 'global' } : checker === bank ? { accounts: 2, initialBalance: 5 } : {};
    const { validity, anomalies } = checker.check(script(...lines), contextWith(options)) as Verdict;
    expect(validity).toBe('invalid');
    expect(anomalies.map((each) => each.kind)).toContain(kind);
  });
});
