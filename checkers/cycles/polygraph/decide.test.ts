import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../harness/kit/random.js';
import { UNLIMITED } from '../../checker.js';
import { readTransactions } from '../../transactions/reader.js';
import type { Mop } from '../brute-force.js';
import { Limits } from '../limits.js';
import { historyOf, impossible, smallFrom, smallHistory, type SmallHistory } from '../oracle.js';
import { simulate } from '../simulated-store.js';
import { decideRegisters, type Decision } from './decide.js';
import { LEVELS } from './levels.js';
import { randomReads } from './random-reads.js';

function decisions({ events }: SmallHistory): (readonly [model: string, decision: Decision])[] {
  const transactions = readTransactions(historyOf(events), 'rw-register');
  return LEVELS.map(({ model, isolation, order }) => [
    model,
    decideRegisters(transactions, isolation, order, new Limits()),
  ]);
}

const seeds = fc.integer();

describe('against brute force over all executions', () => {
  it.each([
    [
      'a store that errs',
      (seed: number) => Random.fromSeed(seed).draw((dice) => smallHistory(dice, 'rw-register', 6, 'open'))[0],
    ],
    ['reads of anything', (seed: number) => Random.fromSeed(seed).draw((dice) => randomReads(dice, 6))[0]],
  ])('is valid exactly when an execution exists: %s', (_, draw) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const history = draw(seed);
        for (const [model, { kind }] of decisions(history)) {
          expect([model, kind]).toEqual([model, impossible(history, model) ? 'invalid' : 'valid']);
        }
      }),
      { numRuns: 1250 },
    );
  });

  it('shows witnesses that are impossible alone, and possible without any one of them', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [history] = Random.fromSeed(seed).draw((dice) => randomReads(dice, 6));
        for (const [model, decision] of decisions(history)) {
          if (decision.kind !== 'invalid') continue;
          expect([model, impossible(alone(history, decision.witness), model)]).toEqual([model, true]);
          for (const left of decision.witness) {
            const rest = decision.witness.filter((other) => other !== left);
            expect([model, impossible(alone(history, rest), model)]).toEqual([model, false]);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** Some transactions of a history; reads from others are left out. Every one of them has its two events. */
function alone({ family, events }: SmallHistory, members: readonly number[]): SmallHistory {
  const invokes = events.flatMap(({ type }, position) => (type === 'invoke' ? [position] : []));
  const kept = new Set<number>();
  for (const member of members) {
    const { process } = events[invokes[member]];
    kept.add(invokes[member]);
    kept.add(events.findIndex((event, at) => at > invokes[member] && event.process === process));
  }
  const { transactions } = smallFrom(
    family,
    events.filter((_, position) => kept.has(position)),
  );
  const written = new Set(
    transactions.flatMap(({ mops }) =>
      mops.filter(([f]) => f === 'w').map(([, key, value]) => `${String(key)}=${String(value as number)}`),
    ),
  );
  const counts = ([f, key, value]: Mop) =>
    f === 'w' || value === null || written.has(`${String(key)}=${String(value as number)}`);
  return {
    family,
    events: [],
    transactions: transactions.map((each) => ({ ...each, mops: each.mops.filter(counts) })),
  };
}

describe('larger histories', () => {
  it.each(['serial', 'snapshot'] as const)(
    'proves a correct %s store valid at the levels that it keeps',
    (isolation) => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const [events] = Random.fromSeed(seed).draw((dice) => simulate(dice, 'rw-register', isolation, 150));
          const kept = decisions(smallFrom('rw-register', events)).filter(
            ([model]) => isolation === 'serial' || model.endsWith('snapshot-isolation'),
          );
          expect(kept.map(([model, { kind }]) => [model, kind])).toEqual(kept.map(([model]) => [model, 'valid']));
        }),
        { numRuns: 60 },
      );
    },
  );

  it('says unknown when its time is over', () => {
    const [events] = Random.fromSeed(1).draw((dice) => simulate(dice, 'rw-register', 'serial', 50));
    const limits = new Limits({ budget: { ...UNLIMITED, timeMs: -1 } });
    const transactions = readTransactions(historyOf(events), 'rw-register');
    expect(decideRegisters(transactions, 'serializable', 'none', limits).kind).toBe('unknown');
  });

  it('takes a value that nobody wrote for impossible unless it may be from before', () => {
    const events = (['invoke', 'ok'] as const).map((type) => ({ process: 0, type, f: 'txn', value: [['r', 0, 7]] }));
    const transactions = readTransactions(historyOf(events), 'rw-register');
    const decided = (beginning: 'empty' | 'unknown') =>
      decideRegisters(transactions, 'serializable', 'none', new Limits(), beginning).kind;
    expect([decided('empty'), decided('unknown')]).toEqual(['invalid', 'valid']);
  });

  it('says unknown when a value was written twice', () => {
    const mops = [['w', 0, 1]];
    const events = [0, 1].flatMap((process) =>
      (['invoke', 'ok'] as const).map((type) => ({ process, type, f: 'txn', value: mops })),
    );
    const transactions = readTransactions(historyOf(events), 'rw-register');
    expect(decideRegisters(transactions, 'serializable', 'none', new Limits()).kind).toBe('unknown');
  });
});
