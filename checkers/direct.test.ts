import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History } from '../harness/history/history.js';
import { causalReverse } from './causal-reverse.js';
import type { Checker, Verdict } from './checker.js';
import { counter } from './counter.js';
import { lock } from './lock.js';
import { longFork } from './long-fork.js';
import { monotonic } from './monotonic.js';
import { queue } from './queue.js';
import { set } from './set.js';
import { contextWith, type Line, script, sequential } from './testing/script.js';
import { totalQueue } from './total-queue.js';
import { uniqueIds } from './unique-ids.js';
import { writeSkew } from './write-skew.js';

const verdict = (checker: Checker, history: History, options = {}) =>
  checker.check(history, contextWith(options)) as Verdict;
const kinds = (checker: Checker, history: History, options = {}) =>
  verdict(checker, history, options).anomalies.map((anomaly) => anomaly.kind);
/** The same lines by processes of their own. */
const later = (lines: readonly Line[]) => lines.map(([process, ...rest]): Line => [process + 100, ...rest]);
const validity = (checker: Checker, history: History, options = {}) => verdict(checker, history, options).validity;

describe('set', () => {
  it('wants every acknowledged element in the final read', () => {
    const adds = sequential(['add', 1, 'ok'], ['add', 2, 'ok'], ['add', 3, 'info'], ['read', null, 'ok', []]);
    const final = (elements: number[]) => script(...adds, [9, 'invoke', 'read'], [9, 'ok', 'read', elements]);
    expect(validity(set, final([1, 2]))).toBe('valid');
    expect(verdict(set, final([1, 2, 3])).details).toMatchObject({ recovered: 1 });
    expect(kinds(set, final([1]))).toEqual(['lost']);
    expect(kinds(set, final([1, 2, 8]))).toEqual(['unexpected']);
  });

  it('judges each key by its own final read', () => {
    const lines: Line[] = [
      [0, 'invoke', 'add', 1, 'a'],
      [0, 'ok', 'add', 1, 'a'],
      [0, 'invoke', 'add', 1, 'b'],
      [0, 'ok', 'add', 1, 'b'],
      [0, 'invoke', 'read', null, 'a'],
      [0, 'ok', 'read', [1], 'a'],
    ];
    expect(validity(set, script(...lines))).toBe('unknown');
    const missing: Line[] = [...lines, [0, 'invoke', 'read', null, 'b'], [0, 'ok', 'read', [], 'b']];
    expect(kinds(set, script(...missing))).toEqual(['lost']);
  });
});

describe('counter', () => {
  it('bounds reads by what is surely and possibly applied', () => {
    const reading = (value: number) =>
      script(...sequential(['add', 2, 'ok'], ['add', 3, 'info'], ['add', 4, 'fail'], ['read', null, 'ok', value]));
    expect(validity(counter, reading(2))).toBe('valid');
    expect(validity(counter, reading(5))).toBe('valid');
    expect(kinds(counter, reading(1))).toEqual(['counter-out-of-bounds']);
    expect(kinds(counter, reading(6))).toEqual(['counter-out-of-bounds']);
  });

  it('widens both ways for negative amounts', () => {
    const reading = (value: number) => script(...sequential(['add', -2, 'info'], ['read', null, 'ok', value]));
    expect([-3, -2, 0, 1].map((value) => validity(counter, reading(value)))).toEqual([
      'invalid',
      'valid',
      'valid',
      'invalid',
    ]);
  });
});

describe('unique-ids', () => {
  it('finds an id handed out twice', () => {
    const ids = (...values: number[]) =>
      script(...sequential(...values.map((id): [string, null, 'ok', number] => ['generate', null, 'ok', id])));
    expect(validity(uniqueIds, ids(1, 2, 3))).toBe('valid');
    expect(verdict(uniqueIds, ids(1, 2, 1)).anomalies[0].operations).toEqual([0, 1, 4, 5]);
  });

  it('keeps ids apart that only look alike', () => {
    expect(validity(uniqueIds, script(...sequential(['generate', null, 'ok', 1], ['generate', null, 'ok', '1'])))).toBe(
      'valid',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer(), fc.integer({ min: 0, max: 9000 }), fc.string())), (ids) => {
        const history = script(
          ...sequential(...ids.map((id): [string, null, 'ok', string | number] => ['generate', null, 'ok', id])),
        );
        const repeats = ids.length - new Set(ids).size;
        expect(verdict(uniqueIds, history).details.duplicates).toBe(repeats);
      }),
      { numRuns: 300 },
    );
  });
});

describe('total-queue', () => {
  it('wants everything acknowledged to come out', () => {
    expect(validity(totalQueue, script(...sequential(['enqueue', 1, 'ok'], ['drain', null, 'ok', [1]])))).toBe('valid');
    expect(
      kinds(totalQueue, script(...sequential(['enqueue', 1, 'ok'], ['enqueue', 2, 'ok'], ['dequeue', null, 'ok', 1]))),
    ).toEqual(['lost']);
    expect(kinds(totalQueue, script(...sequential(['enqueue', 1, 'fail'], ['dequeue', null, 'ok', 1])))).toEqual([
      'unexpected',
    ]);
  });

  it('does not know what a dequeue of unknown outcome took', () => {
    const one = sequential(['enqueue', 1, 'ok'], ['dequeue', null, 'info']);
    const undecided = verdict(totalQueue, script(...one));
    expect(undecided.validity).toBe('unknown');
    expect(undecided).toMatchObject({ reason: expect.stringContaining('1 dequeue(s) of unknown outcome') as string });
    // Two elements cannot have gone into one dequeue; into a drain they can.
    expect(kinds(totalQueue, script(...sequential(['enqueue', 0, 'ok']), ...later(one)))).toContain('lost');
    expect(validity(totalQueue, script(...sequential(['enqueue', 1, 'ok'], ['drain', null, 'info'])))).toBe('unknown');
  });

  it('allows duplicates unless exactly-once is asked for', () => {
    const history = script(...sequential(['enqueue', 1, 'ok'], ['dequeue', null, 'ok', 1], ['dequeue', null, 'ok', 1]));
    expect(validity(totalQueue, history)).toBe('valid');
    expect(kinds(totalQueue, history, { exactlyOnce: true })).toEqual(['duplicated']);
  });
});

describe('queue', () => {
  it('lets nothing out that is not in', () => {
    expect(validity(queue, script(...sequential(['enqueue', 1, 'info'], ['dequeue', null, 'ok', 1])))).toBe('valid');
    expect(
      kinds(queue, script(...sequential(['enqueue', 1, 'ok'], ['dequeue', null, 'ok', 1], ['dequeue', null, 'ok', 1]))),
    ).toEqual(['duplicated']);
    expect(kinds(queue, script(...sequential(['dequeue', null, 'ok', 4])))).toEqual(['unexpected']);
  });
});

describe('lock', () => {
  const held: Line[] = [
    [0, 'invoke', 'acquire'],
    [0, 'ok', 'acquire'],
    [1, 'invoke', 'acquire'],
  ];

  it('lets the next in once the release is under way', () => {
    expect(validity(lock, script(...held, [0, 'invoke', 'release'], [1, 'ok', 'acquire'], [0, 'ok', 'release']))).toBe(
      'valid',
    );
  });

  it('finds two holders', () => {
    expect(kinds(lock, script(...held, [1, 'ok', 'acquire']))).toEqual(['lock-held-twice']);
    expect(
      kinds(lock, script(...held, [0, 'invoke', 'release'], [0, 'fail', 'release'], [1, 'ok', 'acquire'])),
    ).toEqual(['lock-held-twice']);
  });

  it('wants fencing tokens to grow', () => {
    const tokens = (first: number, second: number) =>
      script(
        ...sequential(['acquire', null, 'ok', first]),
        [0, 'invoke', 'release'],
        [0, 'ok', 'release'],
        [1, 'invoke', 'acquire'],
        [1, 'ok', 'acquire', second],
      );
    expect(validity(lock, tokens(4, 5))).toBe('valid');
    expect(kinds(lock, tokens(4, 4))).toEqual(['fencing-token-regression']);
  });
});

describe('long-fork', () => {
  const read = (
    a: number | null,
    b: number | null,
    c: number | null,
  ): [string, null, 'ok', (string | number | null)[][]] => [
    'txn',
    null,
    'ok',
    [
      ['r', 0, a],
      ['r', 1, b],
      ['r', 2, c],
    ],
  ];

  it('accepts reads that agree on one order and refuses two', () => {
    expect(validity(longFork, script(...sequential(read(1, null, null), read(1, 1, null), read(1, 1, 1))))).toBe(
      'valid',
    );
    expect(kinds(longFork, script(...sequential(read(1, null, null), read(null, 1, null))))).toEqual(['long-fork']);
  });

  it('agrees with comparing all pairs', () => {
    const value = fc.constantFrom(1, null);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 8 }), (reads) => {
        const contains = (a: (number | null)[], b: (number | null)[]) =>
          b.every((each, key) => each === null || a[key] !== null);
        const forked = reads.some((a) => reads.some((b) => !contains(a, b) && !contains(b, a)));
        expect(validity(longFork, script(...sequential(...reads.map(([a, b, c]) => read(a, b, c)))))).toBe(
          forked ? 'invalid' : 'valid',
        );
      }),
      { numRuns: 500 },
    );
  });

  it('cannot compare reads of a key that is written twice', () => {
    const write: [string, (string | number)[][], 'ok'] = ['txn', [['w', 0, 1]], 'ok'];
    expect(validity(longFork, script(...sequential(write, write, read(1, null, null))))).toBe('unknown');
  });
});

describe('write-skew', () => {
  it('lets one of two exclusive inserts commit', () => {
    expect(validity(writeSkew, script(...sequential(['insert', [1, 5], 'ok'], ['insert', [1, 6], 'fail'])))).toBe(
      'valid',
    );
    expect(kinds(writeSkew, script(...sequential(['insert', [1, 5], 'ok'], ['insert', [1, 6], 'ok'])))).toEqual(['G2']);
  });
});

describe('monotonic', () => {
  it('never goes back within a process', () => {
    const back: Line[] = [
      [0, 'invoke', 'read'],
      [0, 'ok', 'read', 2],
      [0, 'invoke', 'read'],
      [0, 'ok', 'read', 1],
    ];
    expect(kinds(monotonic, script(...back))).toEqual(['non-monotonic']);
    expect(validity(monotonic, script(...sequential(['read', null, 'ok', 2], ['read', null, 'ok', 1])))).toBe('valid');
    expect(
      kinds(monotonic, script(...sequential(['read', null, 'ok', 2], ['read', null, 'ok', 1])), { scope: 'global' }),
    ).toEqual(['non-monotonic']);
  });

  it('wants an increment to grow, and does not order what overlaps', () => {
    const same = sequential(['inc', null, 'ok', 2], ['inc', null, 'ok', 2]);
    expect(kinds(monotonic, script(...same), { scope: 'global' })).toEqual(['non-monotonic']);
    const overlapping = script([0, 'invoke', 'inc'], [1, 'invoke', 'inc'], [0, 'ok', 'inc', 2], [1, 'ok', 'inc', 1]);
    expect(validity(monotonic, overlapping, { scope: 'global' })).toBe('valid');
  });
});

describe('causal-reverse', () => {
  it('finds a read that shows the effect without its cause', () => {
    const lines = sequential(['write', 1, 'ok'], ['write', 2, 'ok']);
    expect(validity(causalReverse, script(...lines, [9, 'invoke', 'read'], [9, 'ok', 'read', [1]]))).toBe('valid');
    const reversed = verdict(causalReverse, script(...lines, [9, 'invoke', 'read'], [9, 'ok', 'read', [2]]));
    expect(reversed.anomalies[0]).toMatchObject({ kind: 'causal-reverse', operations: [0, 1, 2, 3, 4, 5] });
  });

  it('agrees with comparing every pair of writes with every read', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.subarray([0, 1, 2, 3, 4, 5, 6, 7])), { maxLength: 24 }), (steps) => {
        const history = interleaved(steps);
        expect(validity(causalReverse, history) === 'invalid').toBe(reversedByDefinition(history));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Writes of 0, 1, 2… by processes 0–2, overlapping, and reads of subsets of what was written by process 3. */
function interleaved(steps: readonly (readonly [number, readonly number[]])[]): History {
  const open = new Map<number, number>();
  const lines: Line[] = [];
  let next = 0;
  for (const [process, subset] of steps) {
    if (process === 3) {
      lines.push([3, 'invoke', 'read'], [3, 'ok', 'read', subset.filter((value) => value < next)]);
    } else if (open.has(process)) {
      lines.push([process, 'ok', 'write', open.get(process)!]);
      open.delete(process);
    } else {
      open.set(process, next);
      lines.push([process, 'invoke', 'write', next++]);
    }
  }
  return script(...lines);
}

function reversedByDefinition(history: History): boolean {
  const events = [...history.events()];
  const at = (type: string, value: number) =>
    events.findIndex((event) => event.f === 'write' && event.type === type && event.value === value);
  const written = events
    .filter((event) => event.f === 'write' && event.type === 'invoke')
    .map((event) => event.value as number);
  return events
    .filter((event) => event.f === 'read' && event.type === 'ok')
    .some(({ value }) => {
      const shown = value as number[];
      return shown.some((later) =>
        written.some(
          (earlier) => !shown.includes(earlier) && at('ok', earlier) !== -1 && at('ok', earlier) < at('invoke', later),
        ),
      );
    });
}
