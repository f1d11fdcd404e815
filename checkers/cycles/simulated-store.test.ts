import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../harness/kit/random.js';
import { readTransactions } from '../transactions/reader.js';
import type { Family } from '../transactions/transactions.js';
import { analyse, cyclesOf } from './analysis.js';
import { forbids } from './lattice.js';
import { inferListAppend } from './list-append.js';
import { historyOf } from './oracle.js';
import { inferRwRegister } from './rw-register.js';
import { inject, simulate } from './simulated-store.js';
import { TEMPLATES } from './templates.js';
import type { EventInput } from '../../harness/history/builder.js';

function kindsIn(family: Family, events: readonly EventInput[], order: 'process' | 'realtime'): string[] {
  const transactions = readTransactions(historyOf(events), family);
  const options = { writesFollowReads: true, sequentialKeys: false, linearizableKeys: false };
  const inference = family === 'list-append' ? inferListAppend(transactions) : inferRwRegister(transactions, options);
  const cycles = cyclesOf(analyse(transactions, inference), order).map(({ kind }) => kind);
  return [...new Set([...inference.findings.counts.keys(), ...cycles])].sort();
}

const families = fc.constantFrom<Family>('list-append', 'rw-register');

describe('a simulated store', () => {
  it('raises no alarm when it executes serially', () => {
    fc.assert(
      fc.property(fc.integer(), families, (seed, family) => {
        const [events] = Random.fromSeed(seed).draw((dice) => simulate(dice, family, 'serial', 40));
        expect(kindsIn(family, events, 'realtime')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('raises no alarm on assumptions that it fulfils', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [events] = Random.fromSeed(seed).draw((dice) => simulate(dice, 'rw-register', 'serial', 40));
        const transactions = readTransactions(historyOf(events), 'rw-register');
        const options = { writesFollowReads: true, sequentialKeys: true, linearizableKeys: true };
        const inference = inferRwRegister(transactions, options);
        expect([...inference.findings.counts.keys()]).toEqual([]);
        expect(analyse(transactions, inference).realtime).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('shows under snapshot isolation nothing that this forbids, and sometimes write skew', () => {
    let skews = 0;
    fc.assert(
      fc.property(fc.integer(), families, (seed, family) => {
        const [events] = Random.fromSeed(seed).draw((dice) => simulate(dice, family, 'snapshot', 40));
        const kinds = kindsIn(family, events, 'realtime');
        expect(kinds.filter((kind) => forbids('strong-snapshot-isolation', kind))).toEqual([]);
        if (kinds.includes('G2-item')) skews++;
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(skews).toBeGreaterThan(20);
  });

  it('betrays exactly the anomaly that was planted in it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...TEMPLATES), (seed, template) => {
        const [events] = Random.fromSeed(seed).draw((dice) =>
          inject(dice, simulate(dice, template.family, 'serial', 20), template),
        );
        const order = template.kind.endsWith('-process') ? 'process' : 'realtime';
        expect([template.kind, ...kindsIn(template.family, events, order)]).toEqual([template.kind, ...template.shows]);
      }),
      { numRuns: 1500 },
    );
  });
});
