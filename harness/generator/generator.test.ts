import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Completion, Invocation, Operation } from '../history/operation.js';
import { Random } from '../kit/random.js';
import * as combinators from './combinators.js';
import type { Generator, GeneratorContext, Step } from './generator.js';
import { simulate } from './simulate.js';

/** A generator as data, so that the same one can be built twice. All of them end. */
type Recipe =
  | { readonly kind: 'repeat'; readonly times: number }
  | { readonly kind: 'drawn'; readonly times: number; readonly seed: number }
  | { readonly kind: 'list'; readonly list: ListKind; readonly of: readonly Recipe[]; readonly seed: number }
  | { readonly kind: 'wrap'; readonly wrap: WrapKind; readonly of: Recipe; readonly amount: number };

const LISTS = ['sequence', 'phases', 'mix', 'race', 'reserve', 'flipFlop'] as const;
type ListKind = (typeof LISTS)[number];
const WRAPS = [
  ...['limit', 'timeLimit', 'after', 'rate', 'stagger', 'delay', 'eachThread', 'eachProcess'],
  ...['cycle', 'tagged', 'untilOk', 'sequentialKeys', 'concurrentKeys', 'synchronize', 'clients'],
] as const;
type WrapKind = (typeof WRAPS)[number];

/** Keys do not nest: below one family of keys, another is built as a cycle. */
function build(recipe: Recipe, keys: 'allowed' | 'taken' = 'allowed'): Generator {
  switch (recipe.kind) {
    case 'repeat':
      return combinators.repeat({ f: 'read', value: null }, recipe.times);
    case 'drawn': {
      const source = combinators.fromFunction(
        (dice) => ({ f: 'write', value: dice.int(1000) }),
        Random.fromSeed(recipe.seed),
      );
      return combinators.limit(recipe.times, source);
    }
    case 'list':
      return buildList(
        recipe.list,
        recipe.of.map((of) => build(of, keys)),
        Random.fromSeed(recipe.seed),
      );
    case 'wrap': {
      const keyed = recipe.wrap.endsWith('Keys');
      const wrap = keyed && keys === 'taken' ? 'cycle' : recipe.wrap;
      return buildWrap(wrap, build(recipe.of, keyed ? 'taken' : keys), recipe.amount);
    }
  }
}

function buildList(kind: ListKind, generators: readonly Generator[], random: Random): Generator {
  switch (kind) {
    case 'mix':
      return combinators.mix(
        generators.map((generator, index) => [index + 1, generator] as const),
        random,
      );
    case 'reserve':
      return combinators.reserve(
        generators.slice(1).map((generator) => [1, generator] as const),
        generators[0],
      );
    case 'flipFlop':
      return combinators.flipFlop(generators[0], generators.at(-1)!);
    default:
      return combinators[kind](...generators);
  }
}

function buildWrap(kind: WrapKind, of: Generator, amount: number): Generator {
  const random = Random.fromSeed(amount);
  const keys = { key: (index: number) => (index < amount ? `k${index}` : undefined), generator: () => of };
  switch (kind) {
    case 'rate':
      return combinators.rate(100 * amount, of, random);
    case 'stagger':
      return combinators.stagger(amount, of, random);
    case 'limit':
    case 'timeLimit':
    case 'after':
    case 'delay':
      return combinators[kind](amount, of);
    case 'cycle':
      return combinators.cycle(of, amount);
    case 'tagged':
      return combinators.tagged('w', of);
    case 'untilOk':
      return combinators.untilOk(of, { attempts: amount, gapMs: 1 });
    case 'sequentialKeys':
      return combinators.sequentialKeys(keys);
    case 'concurrentKeys':
      return combinators.concurrentKeys(2, keys);
    default:
      return combinators[kind as 'eachThread' | 'eachProcess' | 'synchronize' | 'clients'](of);
  }
}

const amount = fc.integer({ min: 1, max: 6 });
const { recipe } = fc.letrec<{ recipe: Recipe }>((tie) => ({
  recipe: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ kind: fc.constant('repeat' as const), times: amount }),
    fc.record({ kind: fc.constant('drawn' as const), times: amount, seed: amount }),
    fc.record({
      kind: fc.constant('list' as const),
      list: fc.constantFrom(...LISTS),
      of: fc.array(tie('recipe'), { minLength: 2, maxLength: 3 }),
      seed: amount,
    }),
    fc.record({ kind: fc.constant('wrap' as const), wrap: fc.constantFrom(...WRAPS), of: tie('recipe'), amount }),
  ),
}));

/** Latency and outcome drawn anew for every operation. */
function run(generator: Generator, concurrency: number, seed: number): readonly Operation[] {
  const answer = (invocation: Invocation, _: unknown, dice: { float(): number; int(bound: number): number }) => ({
    latencyNs: dice.float() * 5e6,
    completion: completions(invocation)[dice.int(3)],
  });
  try {
    return simulate({ generator, concurrency, answer, random: Random.fromSeed(seed), maxEvents: 5000 });
  } catch (error) {
    // Trees that route to threads they do not have are refused loudly, and are no case of these properties.
    fc.pre(!(error instanceof combinators.MissingThreads));
    throw error;
  }
}
const completions = (invocation: Invocation): readonly Completion[] => [
  { type: 'ok', value: invocation.value },
  { type: 'fail', error: 'no' },
  { type: 'info', error: 'timeout' },
];

/** Asks twice each time and insists on the same answer; insists that emissions fit their context. */
class Suspicious implements Generator {
  constructor(private readonly generator: Generator) {}
  next(context: GeneratorContext): Step {
    const step = this.generator.next(context);
    const again = this.generator.next(context);
    expect(again.kind).toBe(step.kind);
    if (step.kind === 'done') return step;
    const next = new Suspicious(step.next);
    if (step.kind === 'wait') return { ...step, next };
    if (again.kind === 'emit') expect(again.emitted).toEqual(step.emitted);
    expect(context.threads).toContain(step.emitted.thread);
    expect(context.isFree(step.emitted.thread)).toBe(true);
    return { ...step, next };
  }
  update(context: GeneratorContext, event: Operation): Generator {
    return new Suspicious(this.generator.update(context, event));
  }
}

const cases = [recipe, fc.integer({ min: 1, max: 5 }), fc.integer()] as const;

describe('any combination of generators', () => {
  it('decides the same on the same seed, byte for byte', () => {
    fc.assert(
      fc.property(...cases, (tree, concurrency, seed) => {
        const [first, second] = [1, 2].map(() => JSON.stringify(run(build(tree), concurrency, seed)));
        expect(second).toBe(first);
      }),
      { numRuns: 300 },
    );
  });

  it('is a value: asking twice gives the same answer, and a run leaves it as it was', () => {
    fc.assert(
      fc.property(...cases, (tree, concurrency, seed) => {
        const generator = new Suspicious(build(tree));
        const first = JSON.stringify(run(generator, concurrency, seed));
        expect(JSON.stringify(run(generator, concurrency, seed))).toBe(first);
      }),
      { numRuns: 300 },
    );
  });

  it('ends, with one operation at most on a process at a time and never one after info', () => {
    fc.assert(
      fc.property(...cases, (tree, concurrency, seed) => {
        const events = run(build(tree), concurrency, seed);
        const open = new Set<unknown>();
        const retired = new Set<unknown>();
        for (const event of events) {
          expect(retired.has(event.process)).toBe(false);
          expect(open.has(event.process)).toBe(event.type !== 'invoke');
          if (event.type === 'invoke') open.add(event.process);
          else open.delete(event.process);
          if (event.type === 'info' && event.process !== 'nemesis') retired.add(event.process);
        }
        if (events.length < 5000) expect(open.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps within its limit, its threads and its tag', () => {
    fc.assert(
      fc.property(...cases, (tree, concurrency, seed) => {
        const { clients, limit, tagged } = combinators;
        const events = run(limit(7, clients(tagged('bank', build(tree)))), concurrency, seed);
        expect(events.filter((event) => event.type === 'invoke').length).toBeLessThanOrEqual(7);
        for (const event of events) expect(event).toMatchObject({ workload: 'bank', process: expect.any(Number) });
      }),
      { numRuns: 200 },
    );
  });
});
