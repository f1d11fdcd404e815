import { describe, expect, it } from 'vitest';
import { historyOf, type EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED, type Verdict } from '../checker.js';
import { counter, fetchAndAdd } from '../models/counter.js';
import { mutex } from '../models/mutex.js';
import { casRegister } from '../models/register.js';
import { linearizable } from './linearizability.js';
import { simulate } from './testing/random-history.js';
import { registers } from './testing/vocabularies.js';

/** `p write 3 | ok`, one operation after the other unless interleaved by hand. */
function sequence(...operations: readonly (readonly [string, string, Json, Json])[]): EventInput[] {
  return operations.flatMap(([node, f, input, output], at) => [
    { process: at, type: 'invoke', f, value: input, node, key: 'r3', time: at * 100_000_000 },
    { process: at, type: 'ok', f, value: output, node, key: 'r3', time: at * 100_000_000 + 50_000_000 },
  ]);
}

async function judge(events: readonly EventInput[]): Promise<Verdict> {
  return linearizable(casRegister).check(historyOf(events), { budget: UNLIMITED, options: {} });
}

describe('the witness of a register', () => {
  it('names the value, its writer, the reader, nodes and times of a stale read', async () => {
    const verdict = await judge(
      sequence(
        ['n1', 'write', 7, 7],
        ['n3', 'read', null, 7],
        ['n1', 'write', 9, 9],
        ['n3', 'read', null, 9],
        ['n2', 'read', null, 7],
        ['n2', 'write', 5, 5],
      ),
    );
    expect(verdict.validity).toBe('invalid');
    expect(verdict.anomalies[0].sentence).toBe(
      'Read of key r3 on n2 returned 7 at 0.45 s, although 9 had been written and acknowledged by n1 at 0.25 s.',
    );
    expect(verdict.anomalies[0].details).toMatchObject({ cause: 'stale-read', operations: 3 });
    expect(verdict.anomalies[0].operations).toEqual([0, 1, 4, 5, 8, 9]);
  });

  it('tells a lost write from a stale read', async () => {
    const verdict = await judge(
      sequence(['n1', 'write', 7, 7], ['n1', 'write', 9, 9], ['n2', 'read', null, 7], ['n3', 'read', null, 7]),
    );
    expect(verdict.anomalies[0].details).toMatchObject({ cause: 'lost-write' });
    expect(verdict.anomalies[0].sentence).toContain('no read ever saw 9');
  });

  it('tells values that were never, only later, or not successfully written', async () => {
    const causeOf = async (events: EventInput[]) => (await judge(events)).anomalies[0].details?.['cause'];
    expect(await causeOf(sequence(['n1', 'write', 1, 1], ['n2', 'read', null, 4]))).toBe('value-never-written');
    expect(await causeOf(sequence(['n2', 'read', null, 4], ['n1', 'write', 4, 4]))).toBe('future-read');
    const failed = sequence(['n1', 'write', 4, 4], ['n2', 'read', null, 4]);
    expect(await causeOf(failed.map((event, at) => (at === 1 ? { ...event, type: 'fail' } : event)))).toBe(
      'failed-write',
    );
  });

  it('names two cas from a value that was there once', async () => {
    const verdict = await judge(
      sequence(['n1', 'write', 1, 1], ['n1', 'cas', [1, 2], [1, 2]], ['n2', 'cas', [1, 3], [1, 3]]),
    );
    expect(verdict.anomalies[0].details).toMatchObject({ cause: 'lost-update' });
  });

  it('is illegal by itself (100 illegal histories)', async () => {
    let seen = 0;
    for (let seed = 0; seen < 100; seed++) {
      const vocabulary = [registers(3, [2, 2, 2]), registers(0, [3, 2, 1]), registers(4, [3, 2, 0])][seed % 3];
      const shape = { operations: 60, concurrency: 4, infoShare: 0.02 * (seed % 2), corruption: 0.08 };
      const history = historyOf(simulate(vocabulary, shape, seed));
      const verdict = await linearizable(casRegister).check(history, { budget: UNLIMITED, options: {} });
      if (verdict.validity !== 'invalid') continue;
      seen++;
      const kept = new Set(verdict.anomalies[0].operations);
      const events = [...history.events()].filter((event) => kept.has(event.index));
      const again = await judge(events);
      expect(again.validity, `seed ${seed}`).toBe('invalid');
      expect(again.anomalies[0].operations.length, `seed ${seed}`).toBeLessThanOrEqual(kept.size);
    }
  });
});

describe('the witness of any model', () => {
  it('names the operation that does not fit', async () => {
    const event = (process: number, type: 'invoke' | 'ok', f: string): EventInput => ({ process, type, f });
    const history = historyOf([
      event(0, 'invoke', 'acquire'),
      event(0, 'ok', 'acquire'),
      event(1, 'invoke', 'acquire'),
      event(1, 'ok', 'acquire'),
    ]);
    const verdict = await linearizable(mutex).check(history, { budget: UNLIMITED, options: {} });
    expect(verdict.validity).toBe('invalid');
    expect(verdict.anomalies[0].sentence).toBe(
      'No order of 2 operations explains acquire by process 1 at event 3; the state was held.',
    );
    expect(verdict.anomalies[0].operations).toEqual([0, 1, 2, 3]);
  });

  it('needs none of the increments that others made, of a number that only grows', async () => {
    const answers = Array.from({ length: 300 }, (_, at) => at).concat(250);
    const history = historyOf(
      answers.flatMap((value, process) => [
        { process, type: 'invoke' as const, f: 'fetch-and-add', value: 1 },
        { process, type: 'ok' as const, f: 'fetch-and-add', value },
      ]),
    );
    const verdict = await linearizable(fetchAndAdd).check(history, { budget: UNLIMITED, options: {} });
    expect(verdict.validity).toBe('invalid');
    const [{ operations, details, explanation, sentence }] = verdict.anomalies;
    expect(operations).toHaveLength(4);
    expect(operations.slice(2)).toEqual([600, 601]);
    expect(details).toMatchObject({ operations: 2, minimal: true });
    expect(explanation?.join(' ')).toContain('all else may have added anything');
    expect(sentence).toMatch(/the state was at least \d+\.$/);
  });

  it('keeps the increments that prove a number too low, or too high', async () => {
    const event = (process: number, type: 'invoke' | 'ok', f: string, value: number | null): EventInput => ({
      process,
      type,
      f,
      value,
    });
    for (const [shown, count] of [
      [1, 2],
      [9, 3],
    ] as const) {
      const history = historyOf([
        event(0, 'invoke', 'add', 1),
        event(0, 'ok', 'add', 1),
        event(1, 'invoke', 'add', 2),
        event(1, 'ok', 'add', 2),
        event(2, 'invoke', 'read', null),
        event(2, 'ok', 'read', shown),
      ]);
      const verdict = await linearizable(counter).check(history, { budget: UNLIMITED, options: {} });
      expect(verdict.validity).toBe('invalid');
      expect(verdict.anomalies[0].details).toMatchObject({ operations: count });
    }
  });
});
