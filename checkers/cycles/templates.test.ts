import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../harness/history/builder.js';
import { UNLIMITED } from '../checker.js';
import { readTransactions } from '../transactions/reader.js';
import type { Family } from '../transactions/transactions.js';
import { analyse, cyclesOf } from './analysis.js';
import { listAppend, rwRegister } from './cycles.js';
import { forbids } from './lattice.js';
import { inferListAppend } from './list-append.js';
import { historyOf } from './oracle.js';
import { inferRwRegister } from './rw-register.js';
import { eventsOf, mended, TEMPLATES } from './templates.js';

function kindsIn(family: Family, events: readonly EventInput[], order: 'process' | 'realtime'): string[] {
  const transactions = readTransactions(historyOf(events), family);
  const inference =
    family === 'list-append'
      ? inferListAppend(transactions)
      : inferRwRegister(transactions, { writesFollowReads: true });
  const analysis = analyse(transactions, inference);
  const cycles = cyclesOf(analysis, order).map(({ kind }) => kind);
  return [...new Set([...inference.findings.counts.keys(), ...cycles])].sort();
}

describe.each(TEMPLATES)('$family with $kind', (template) => {
  const order = template.kind.endsWith('-process') ? 'process' : 'realtime';
  const checker = template.family === 'list-append' ? listAppend : rwRegister;
  const options = { writesFollowReads: true, initialState: 'empty' };

  it('shows exactly the kinds it was made to show', () => {
    expect(kindsIn(template.family, eventsOf(template), order)).toEqual(template.shows);
  });

  it('shows nothing once mended', () => {
    expect(kindsIn(template.family, mended(template), order)).toEqual([]);
  });

  it('is invalid exactly for the models that forbid one of its kinds', async () => {
    for (const model of [
      'read-uncommitted',
      'read-committed',
      'snapshot-isolation',
      'serializable',
      'strict-serializable',
    ]) {
      const context = { budget: UNLIMITED, options, consistency: model };
      const verdict = await checker.check(historyOf(eventsOf(template)), context);
      const forbidden = template.shows.some((kind) => kind === 'future-read' || forbids(model, kind));
      expect([model, verdict.validity === 'invalid']).toEqual([model, forbidden]);
    }
  });

  it('comes with a sentence and the operations that prove it', async () => {
    const verdict = await checker.check(historyOf(eventsOf(template)), { budget: UNLIMITED, options });
    expect(verdict.anomalies.length).toBeGreaterThan(0);
    for (const anomaly of verdict.anomalies) {
      expect(anomaly.sentence).toMatch(/event \d+/);
      expect(anomaly.operations.length).toBeGreaterThan(1);
      if (anomaly.drawing)
        expect(anomaly.explanation?.at(-1)).toMatch(/However, T\d+ < T\d+, because .*: a contradiction!$/);
    }
  });
});
