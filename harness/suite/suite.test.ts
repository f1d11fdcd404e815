import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { upperBound } from './bounds.js';
import { cellsOf, keyOf, shardOf } from './cells.js';
import { conduct } from './conduct.js';
import { resultOf, suiteOutcome, suiteSentence } from './outcome.js';
import { parseSuite } from './read.js';
import { claimsOf } from './statistics.js';
import type { Attempt, Cell, Suite } from './suite.js';

const FILE = `
name: nightly
budget: 1h30m
seed: 3
test: { time-limit: 10 }
cells:
  - system: etcd
    options: [{}, { reads: serializable, bank.accounts: 5 }]
    workloads: ["bank,inventory", register]
    nemeses: ["partition,kill", none]
    seeds: 3
  - system: simulated
    workloads: register
    seeds: [1, 2]
    expect: invalid
    test: { rate: 50 }
`;
const suite = parseSuite(FILE, 'nightly.yaml', 99);

describe('a suite file', () => {
  it('is the product of its lists', () => {
    expect(suite.cells).toHaveLength(2 * 2 * 2 * 3 + 2);
    expect(suite.budgetMs).toBe(5_400_000);
    expect(suite.cells[0]).toMatchObject({
      source: 'nightly.yaml:7',
      workloads: ['bank', 'inventory'],
      flags: { 'time-limit': 10 },
    });
    expect(suite.cells[23].options).toEqual({ reads: 'serializable', 'bank.accounts': '5' });
    expect(suite.cells.at(-1)).toMatchObject({
      nemeses: [],
      seed: 2,
      expect: 'invalid',
      flags: { 'time-limit': 10, rate: 50 },
    });
    expect(new Set(suite.cells.map(({ id }) => id)).size).toBe(26);
  });

  it('gives a configuration the same seeds whatever else is in the file', () => {
    const alone = parseSuite(
      'seed: 3\ncells: [{ system: etcd, workloads: register, seeds: 2, test: { time-limit: 10 } }]',
      'x.yaml',
      0,
    );
    const same = suite.cells.filter((cell) => keyOf(cell) === keyOf(alone.cells[0]));
    expect(same.map(({ seed }) => seed).slice(0, 2)).toEqual(alone.cells.map(({ seed }) => seed));
  });

  it.each([
    ['cells: [{ system: etcd }]', /^s\.yaml:1: cells\[0\]\.workloads: /],
    ['cells:\n  - system: etcd\n    workload: register', /^s\.yaml:(2|3): /],
    [
      'cells:\n  - system: etcd\n    workloads: register\n    nemesis: kill',
      /^s\.yaml:4: unknown entry nemesis; did you mean nemeses\?/,
    ],
    ['name: x\nbudget: soon\ncells: [{ system: a, workloads: b }]', /^s\.yaml:2: budget: expected a duration/],
    ['cells: [', /^s\.yaml:1: /],
    ['cells: []', /^s\.yaml:1: cells/],
    ['', /^s\.yaml:1: the file/],
    [
      'cells:\n  - { system: a, workloads: b, seeds: [1] }\n  - { system: a, workloads: b, seeds: [1] }',
      /^s\.yaml:3: repeats a cell of s\.yaml:2/,
    ],
  ])('with a mistake is refused with its line: %j', (text, message) => {
    expect(() => parseSuite(text, 's.yaml', 0)).toThrow(message);
  });

  it('is dealt to shards without loss or repeat', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (of) => {
        const parts = Array.from({ length: of }, (_, at) => shardOf(suite.cells, { index: at + 1, of }));
        expect(
          parts
            .flat()
            .map(({ id }) => id)
            .sort(),
        ).toEqual(suite.cells.map(({ id }) => id).sort());
      }),
      { numRuns: 40 },
    );
  });
});

const cell = (id: string, expect: Cell['expect'] = 'valid'): Cell => ({
  ...cellsOf(
    [{ source: 'a:1', system: 's', options: [{}], workloads: [['w']], nemeses: [[]], seeds: [1], flags: {}, expect }],
    0,
  )[0],
  id,
});
const attemptOf = (id: string, number: number, outcome: Attempt['outcome'], durationMs = 1000): Attempt => ({
  cell: id,
  number,
  outcome,
  sentence: outcome,
  startedAt: '',
  durationMs,
  faults: { injected: 0, effective: 0 },
  checks: [],
});

describe('the outcome of a cell', () => {
  const outcomes = fc.array(fc.constantFrom('valid', 'invalid', 'inconclusive', 'harness-error'), {
    minLength: 1,
    maxLength: 5,
  });

  it('is invalid if any attempt was, whatever came before or after', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const { outcome } = resultOf(
          cell('a'),
          list.map((each, at) => attemptOf('a', at + 1, each as Attempt['outcome'])),
        );
        if (list.includes('invalid')) expect(outcome).toBe('invalid');
        else
          expect(outcome).toBe(
            list.includes('valid') ? 'valid' : list.includes('inconclusive') ? 'inconclusive' : 'harness-error',
          );
      }),
    );
  });

  it('makes the suite’s: a surprise is never outvoted, a known weakness is none', () => {
    const of = (id: string, outcome: Attempt['outcome'], expected: Cell['expect'] = 'valid') =>
      resultOf(cell(id, expected), [attemptOf(id, 1, outcome)]);
    expect(suiteOutcome([of('a', 'valid'), of('b', 'invalid', 'invalid')])).toBe('valid');
    expect(suiteOutcome([of('a', 'valid'), of('b', 'valid', 'invalid')])).toBe('inconclusive');
    expect(suiteOutcome([of('a', 'harness-error'), of('b', 'invalid')])).toBe('invalid');
    expect(suiteOutcome([of('a', 'valid'), resultOf(cell('b'), [])])).toBe('inconclusive');
    expect(suiteOutcome([])).toBe('inconclusive');
    expect(suiteSentence([of('a', 'valid'), resultOf(cell('b'), [])])).toBe('1 of 2 cells as expected; 1 not run.');
  });
});

describe('conducting', () => {
  const small = (cells: readonly Cell[], budgetMs?: number): Suite => ({
    name: 'x',
    file: 'x.yaml',
    seed: 1,
    parallel: 1,
    attempts: 3,
    cells,
    ...(budgetMs !== undefined && { budgetMs }),
  });

  function play(
    cells: readonly Cell[],
    script: Readonly<Record<string, readonly Attempt['outcome'][]>>,
    options: { before?: readonly Attempt[]; budgetMs?: number; slots?: number } = {},
  ) {
    let time = 0;
    const begun: string[] = [];
    let atOnce = 0;
    let most = 0;
    return {
      begun,
      most: () => most,
      results: conduct({
        suite: small(cells, options.budgetMs),
        cells,
        before: options.before ?? [],
        slots: options.slots ?? 1,
        attempt: async ({ id }, number) => {
          begun.push(`${id}${number}`);
          most = Math.max(most, ++atOnce);
          await Promise.resolve();
          time += 1000;
          atOnce--;
          return attemptOf(id, number, script[id][number - 1]);
        },
        record: () => Promise.resolve(),
        expectedMs: () => 500,
        now: () => time,
      }),
    };
  }

  it('tries again only what came to no verdict, and stops at the first violation', async () => {
    const { begun, results } = play([cell('a'), cell('b'), cell('c')], {
      a: ['valid'],
      b: ['inconclusive', 'harness-error', 'valid'],
      c: ['inconclusive', 'invalid'],
    });
    expect((await results).map(({ outcome }) => outcome)).toEqual(['valid', 'valid', 'invalid']);
    expect(begun).toEqual(['a1', 'b1', 'b2', 'b3', 'c1', 'c2']);
  });

  it('goes on where it was interrupted', async () => {
    const before = [attemptOf('a', 1, 'invalid'), attemptOf('b', 1, 'inconclusive')];
    const { begun, results } = play(
      [cell('a'), cell('b'), cell('c')],
      { b: ['valid', 'valid'], c: ['valid'] },
      { before },
    );
    expect((await results).map(({ outcome }) => outcome)).toEqual(['invalid', 'valid', 'valid']);
    expect(begun).toEqual(['b2', 'c1']);
  });

  it('begins nothing that the budget has no time for, and says so', async () => {
    const cells = ['a', 'b', 'c', 'd'].map((id) => cell(id));
    const script = Object.fromEntries(cells.map(({ id }) => [id, ['valid'] as const]));
    const results = await play(cells, script, { budgetMs: 2500 }).results;
    expect(results.map(({ outcome }) => outcome)).toEqual(['valid', 'valid', 'not-run', 'not-run']);
    expect(results[2].sentence).toContain('budget');
    expect(results[2].asExpected).toBe(false);
  });

  it('keeps to its slots', async () => {
    const cells = ['a', 'b', 'c', 'd', 'e'].map((id) => cell(id));
    const played = play(cells, Object.fromEntries(cells.map(({ id }) => [id, ['valid'] as const])), { slots: 2 });
    expect(await played.results).toHaveLength(5);
    expect(played.most()).toBe(2);
  });
});

describe('what runs allow one to claim', () => {
  it('is the rule of three without a violation', () => {
    for (const runs of [10, 30, 100, 1000]) expect(upperBound(0, runs)).toBeCloseTo(1 - 0.05 ** (1 / runs), 9);
    expect(upperBound(0, 100)).toBeCloseTo(0.03, 2);
    expect(upperBound(0, 0)).toBe(1);
    expect(upperBound(5, 5)).toBe(1);
  });

  it('grows with violations, shrinks with runs, and is never below what was seen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(300), (runs, raw) => {
        const violations = Math.min(raw, runs);
        const bound = upperBound(violations, runs);
        expect(bound).toBeGreaterThanOrEqual(violations / runs);
        expect(upperBound(violations, runs + 1)).toBeLessThanOrEqual(bound);
        expect(upperBound(Math.min(runs, violations + 1), runs)).toBeGreaterThanOrEqual(bound);
      }),
    );
  });

  it('counts verdicts of this suite and of earlier ones, of the same configuration only', () => {
    const own = cell('a');
    const past = [
      ...Array.from({ length: 9 }, () => ({ key: keyOf(own), outcome: 'valid' as const })),
      { key: keyOf(own), outcome: 'inconclusive' as const },
      { key: 'another', outcome: 'invalid' as const },
    ];
    const [claim] = claimsOf([resultOf(own, [attemptOf('a', 1, 'inconclusive'), attemptOf('a', 2, 'valid')])], past);
    expect(claim).toMatchObject({ runs: 10, violations: 0 });
  });
});
